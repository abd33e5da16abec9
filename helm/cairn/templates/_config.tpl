{{/* The options under `config` as environment variables, as the table of options names them. */}}
{{- define "cairn.configEnv" -}}
{{- range $name, $value := .Values.config }}
- name: ETCD_{{ $name | upper | replace "-" "_" }}
  value: {{ include "cairn.text" $value | quote }}
{{- end }}
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
