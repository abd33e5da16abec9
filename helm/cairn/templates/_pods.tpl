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
{{- end -}}

{{- define "cairn.dataDir" -}}/var/lib/cairn/data{{- end -}}

{{/* Requests and limits of the members, and the memory JavaScript may use of them. */}}
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

{{/* HTTP probe of a path with the values' times. Takes (list PATH VALUES). */}}
{{- define "cairn.probe" -}}
httpGet:
  path: {{ index . 0 }}
  port: client
  scheme: HTTP
{{ toYaml (omit (index . 1) "httpGet") }}
{{- end -}}
