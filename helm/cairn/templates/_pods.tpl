{{/* What all pods of the chart have in common. */}}

{{/* The beginning of a pod's spec. Takes the root. */}}
{{- define "cairn.podBasics" -}}
serviceAccountName: {{ include "cairn.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - {{ if kindIs "string" . }}name: {{ . }}{{ else }}{{ toJson . }}{{ end }}
  {{- end }}
{{- end }}
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- end -}}

{{/* The beginning of a container. Takes the root. */}}
{{- define "cairn.containerBasics" -}}
image: {{ include "cairn.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext: {{- toYaml .Values.containerSecurityContext | nindent 2 }}
{{ include "cairn.lastWords" . }}
{{- end -}}

{{/* Why a container ended is then in what `kubectl describe pod` says, also of one that began again since. */}}
{{- define "cairn.lastWords" -}}
terminationMessagePolicy: FallbackToLogsOnError
{{- end -}}

{{- define "cairn.dataDir" -}}/var/lib/cairn/data{{- end -}}

{{/* Requests and limits of the members. */}}
{{- define "cairn.presets" -}}
small: { requests: { cpu: 100m, memory: 192Mi }, limits: { memory: 512Mi } }
medium: { requests: { cpu: 500m, memory: 768Mi }, limits: { memory: 1536Mi } }
large: { requests: { cpu: '2', memory: 3Gi }, limits: { memory: 6Gi } }
none: {}
{{- end -}}

{{- define "cairn.resources" -}}
{{- $preset := get (include "cairn.presets" . | fromYaml) .Values.resourcesPreset -}}
{{- toYaml (.Values.resources | default $preset) -}}
{{- end -}}

{{/* A quantity of memory in whole MiB; empty for one that cannot be read. */}}
{{- define "cairn.mebibytes" -}}
{{- /* A number of a values file, as bytes; printed as it is, a large one has an exponent. */ -}}
{{- $text := kindIs "float64" . | ternary (int64 .) . | toString -}}
{{- $number := regexFind "^[0-9.]+" $text | float64 -}}
{{- $factors := dict "m" 0.001 "" 1.0 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 -}}
{{- with get $factors (regexReplaceAll "^[0-9.]+" $text "") -}}
{{- divf (mulf $number .) 1048576 | int -}}
{{- end -}}
{{- end -}}

{{/* With less a member is killed soon, by its own preStop at the latest, which runs beside it; `512m` is half a byte. */}}
{{- define "cairn.memoryCheck" -}}
{{- $limit := (.Values.resources.limits | default dict).memory -}}
{{- $mebibytes := include "cairn.mebibytes" $limit -}}
{{- if and $limit $mebibytes (lt (int $mebibytes) 128) -}}
{{- fail (printf "resources.limits.memory is %v, which is too little to run in: give a member 128Mi or more, and 512Mi for up to 100,000 small keys" $limit) -}}
{{- end -}}
{{- end -}}

{{/* Half of the container is V8's heap, also where Node.js would stop at 2 GiB; buffers, the engine and threads have the rest. */}}
{{- define "cairn.heapEnv" -}}
{{- $names := list -}}
{{- range .Values.extraEnv }}{{- $names = append $names .name -}}{{- end -}}
{{- if not (has "NODE_OPTIONS" $names) -}}
{{- include "cairn.heapEnvOf" (list (include "cairn.resources" . | fromYaml) .) -}}
{{- end -}}
{{- end -}}

{{/*
The same for a container that loads the state beside the members. extraEnv is not its environment, but a heap that is given to the members there
is this one's too, unless it has a limit of its own. Takes (list RESOURCES $).
*/}}
{{- define "cairn.heapEnvOf" -}}
{{- $resources := index . 0 -}}
{{- $root := index . 1 -}}
{{- $heap := "" -}}
{{- with include "cairn.mebibytes" (get ($resources.limits | default dict) "memory") -}}
{{- $heap = printf "--max-old-space-size=%d" (div . 2) -}}
{{- end -}}
{{- if or (not $heap) (deepEqual $resources (include "cairn.resources" $root | fromYaml)) -}}
{{- range $root.Values.extraEnv -}}
{{- if and (eq .name "NODE_OPTIONS") .value -}}
{{- $heap = regexFind "--max[-_]old[-_]space[-_]size(-percentage)?=[0-9.]+" (toString .value) | default $heap -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $heap -}}
- name: NODE_OPTIONS
  value: {{ . }}
{{- end -}}
{{- end -}}

{{/* HTTP probe of a path with the values' times, of the port that asks for no certificate. Takes (list PATH VALUES $). */}}
{{- define "cairn.probe" -}}
{{- $root := index . 2 -}}
{{- $elsewhere := and (include "cairn.tlsClients" $root) $root.Values.tls.clientCertAuth -}}
httpGet:
  path: {{ index . 0 }}
  port: {{ ternary "metrics" "client" (not (empty $elsewhere)) }}
  scheme: {{ if $elsewhere }}HTTP{{ else }}{{ include "cairn.clientScheme" $root | upper }}{{ end }}
{{ toYaml (omit (index . 1) "httpGet") }}
{{- end -}}
