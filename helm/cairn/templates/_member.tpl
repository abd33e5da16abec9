{{/* The pod of a member. */}}
{{- define "cairn.memberPod" -}}
{{ include "cairn.podBasics" . }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- include "cairn.placement" . }}
{{- with concat (include "cairn.volumePermissions" . | fromYamlArray) (include "cairn.clearRemoved" . | fromYamlArray) (include "cairn.restore" . | fromYamlArray) .Values.initContainers }}
initContainers: {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - {{- include "cairn.memberContainer" . | nindent 4 }}
  {{- with .Values.sidecars }}{{ toYaml . | nindent 2 }}{{ end }}
{{- $volumes := .Values.extraVolumes -}}
{{- if ne .Values.tls.mode "off" -}}
{{- $volumes = concat (include "cairn.tlsVolume" . | fromYamlArray) $volumes -}}
{{- end -}}
{{- if .Values.auth.enabled -}}
{{- $volumes = concat (include "cairn.rootVolume" . | fromYamlArray) $volumes -}}
{{- end -}}
{{- if .Values.restore.file -}}
{{- $volumes = concat (include "cairn.restoreVolume" . | fromYamlArray) $volumes -}}
{{- end -}}
{{- if not .Values.persistence.enabled -}}
{{- $volumes = prepend $volumes (dict "name" "data" "emptyDir" (dict "sizeLimit" .Values.emptyDirSize)) -}}
{{- end }}
{{- with $volumes }}
volumes: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "cairn.memberContainer" -}}
name: cairn
{{ include "cairn.containerBasics" . }}
{{- with .Values.extraArgs }}
args: {{- toYaml . | nindent 2 }}
{{- end }}
env: {{- include "cairn.memberEnv" . | nindent 2 }}
{{- with .Values.extraEnvFrom }}
envFrom: {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - { name: client, containerPort: {{ .Values.clientPort }}, protocol: TCP }
  - { name: peer, containerPort: {{ .Values.peerPort }}, protocol: TCP }
  {{- with .Values.metrics.port }}
  - { name: metrics, containerPort: {{ . }}, protocol: TCP }
  {{- end }}
{{- with .Values.startupProbe }}
startupProbe: {{- include "cairn.probe" (list "/livez" . $) | nindent 2 }}
{{- end }}
{{- with .Values.livenessProbe }}
livenessProbe: {{- include "cairn.probe" (list "/livez" . $) | nindent 2 }}
{{- end }}
{{- with .Values.readinessProbe }}
readinessProbe: {{- include "cairn.probe" (list "/readyz" . $) | nindent 2 }}
{{- end }}
{{- with .Values.preStopSeconds }}
lifecycle:
  preStop:
    exec:
      command:
        - cairn
        - prestop
        {{- $atMetrics := eq (get $.Values.config "operator-routes" | default "client") "metrics" }}
        {{- /* Over TLS it goes by the member's own variables. */}}
        {{- if or $atMetrics (not (include "cairn.tlsClients" $)) }}
        - --url=http://{{ include "cairn.ownHost" $ }}:{{ ternary $.Values.metrics.port $.Values.clientPort $atMetrics }}
        {{- end }}
        - --seconds={{ . }}
{{- end }}
resources: {{- include "cairn.resources" . | nindent 2 }}
volumeMounts:
  - { name: data, mountPath: /var/lib/cairn }
  {{- if ne .Values.tls.mode "off" }}{{ include "cairn.tlsMount" . | nindent 2 }}{{ end }}
  {{- if .Values.auth.enabled }}{{ include "cairn.rootMount" . | nindent 2 }}{{ end }}
  {{- with .Values.extraVolumeMounts }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end -}}

{{/* Where a member reaches itself. */}}
{{- define "cairn.ownHost" -}}
{{ ternary "[::1]" "127.0.0.1" (hasPrefix "[" .Values.listenHost) }}
{{- end -}}

{{- define "cairn.memberEnv" -}}
{{- $self := include "cairn.podHost" (list . "$(POD_NAME)") -}}
- name: POD_NAME
  valueFrom: { fieldRef: { apiVersion: v1, fieldPath: metadata.name } }
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { apiVersion: v1, fieldPath: metadata.namespace } }
- name: ETCD_NAME
  value: $(POD_NAME)
- name: ETCD_DATA_DIR
  value: {{ include "cairn.dataDir" . }}
- name: ETCD_LISTEN_CLIENT_URLS
  value: {{ include "cairn.clientScheme" . }}://{{ .Values.listenHost }}:{{ .Values.clientPort }}
- name: ETCD_ADVERTISE_CLIENT_URLS
  value: {{ include "cairn.clientScheme" . }}://{{ $self }}:{{ .Values.clientPort }}
- name: ETCD_LISTEN_PEER_URLS
  value: {{ include "cairn.peerScheme" . }}://{{ .Values.listenHost }}:{{ .Values.peerPort }}
- name: ETCD_INITIAL_ADVERTISE_PEER_URLS
  value: {{ include "cairn.peerScheme" . }}://{{ $self }}:{{ .Values.peerPort }}
{{- with .Values.metrics.port }}
- name: ETCD_LISTEN_METRICS_URLS
  value: http://{{ $.Values.listenHost }}:{{ . }}
{{- end }}
{{ include "cairn.bootstrapEnv" . }}
{{- include "cairn.tlsMemberEnv" . }}
{{- if .Values.auth.enabled }}
{{ include "cairn.rootEnv" . }}
{{- end }}
{{- with include "cairn.heapEnv" . }}
{{ . }}
{{- end }}
{{- include "cairn.configEnv" . }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Runs once for a pod, not at every start of its container: a member that is removed while its pod runs stays away. */}}
{{- define "cairn.clearRemoved" -}}
{{- if and .Values.clearRemovedData .Values.persistence.enabled -}}
- name: clear-removed
  {{- include "cairn.containerBasics" . | nindent 2 }}
  args: [clear-removed, --data-dir={{ include "cairn.dataDir" . }}]
  {{- if include "cairn.tlsPeers" . }}
  env: {{- include "cairn.tlsMemberEnv" . | nindent 4 }}
  {{- end }}
  resources: {{- include "cairn.resources" . | nindent 4 }}
  volumeMounts:
    - { name: data, mountPath: /var/lib/cairn }
    {{- if include "cairn.tlsPeers" . }}{{ include "cairn.tlsMount" . | nindent 4 }}{{ end }}
{{- end -}}
{{- end -}}

{{- define "cairn.placement" -}}
{{- $selector := include "cairn.selector" (list . "member") -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .Values.schedulerName }}
schedulerName: {{ . }}
{{- end }}
{{- if .Values.affinity }}
affinity: {{- toYaml .Values.affinity | nindent 2 }}
{{- else if eq .Values.podAntiAffinity "soft" }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{- $selector | nindent 14 }}
{{- else if eq .Values.podAntiAffinity "hard" }}
affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels: {{- $selector | nindent 12 }}
{{- end }}
{{- if .Values.topologySpreadConstraints }}
topologySpreadConstraints: {{- toYaml .Values.topologySpreadConstraints | nindent 2 }}
{{- else if .Values.spreadOverZones }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- $selector | nindent 8 }}
{{- end }}
{{- end -}}
