{{/* The options under `config` as environment variables, as the table of options names them. */}}
{{- define "cairn.configEnv" -}}
{{- range $name, $value := .Values.config }}
- name: ETCD_{{ $name | upper | replace "-" "_" }}
  value: {{ include "cairn.text" (include "cairn.withOwnNames" (list $name $value $) | fromJson).value | quote }}
{{- end }}
{{- end -}}

{{/*
Lists of names that members are asked by, or of certificates that may ask, have those of the release too: its own hooks, backups and tests go
by them. As JSON. Takes (list NAME VALUE $).
*/}}
{{- define "cairn.withOwnNames" -}}
{{- $name := index . 0 -}}
{{- $value := index . 1 -}}
{{- $root := index . 2 -}}
{{- if and $value (has $name (list "host-whitelist" "client-cert-allowed-hostname")) -}}
{{- $list := kindIs "slice" $value | ternary $value (splitList "," (toString $value)) -}}
{{- $own := list (include "cairn.fullname" $root) -}}
{{- if eq $name "host-whitelist" -}}
{{- $inNamespace := printf "%s.%s" (index $own 0) $root.Release.Namespace -}}
{{- $own = concat $own (list $inNamespace (printf "%s.svc" $inNamespace) (printf "%s.%s" $inNamespace (include "cairn.domain" $root))) -}}
{{- end -}}
{{- if not (has "*" $list) }}{{ $value = concat $list $own | uniq }}{{ end -}}
{{- end -}}
{{- dict "value" $value | toJson -}}
{{- end -}}

{{/* Helm reads numbers as floating point, and would write great ones as 1e+07. */}}
{{- define "cairn.text" -}}
{{- if kindIs "slice" . -}}
{{- join "," . -}}
{{- else if kindIs "float64" . -}}
{{- printf "%d" (int64 .) -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end -}}
