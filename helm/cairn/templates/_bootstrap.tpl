{{/* How members without data find each other. */}}

{{- define "cairn.domain" -}}
svc{{ with .Values.clusterDomain }}.{{ . }}{{ end }}
{{- end -}}

{{/* Host of the pod $(POD_NAME) or of another one. Takes (list $ POD). */}}
{{- define "cairn.podHost" -}}
{{- $root := index . 0 -}}
{{ index . 1 }}.{{ include "cairn.fullname" $root }}-headless.$(POD_NAMESPACE).{{ include "cairn.domain" $root }}
{{- end -}}

{{- define "cairn.ownDiscovery" -}}
{{- if and (eq .Values.bootstrap.mode "discovery") (not .Values.discovery.url) -}}true{{- end -}}
{{- end -}}

{{- define "cairn.bootstrapName" -}}
{{ include "cairn.fullname" . }}-bootstrap
{{- end -}}

{{/* Size and token of the cluster as they were when it was installed, as YAML. */}}
{{- define "cairn.founding" -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace (include "cairn.bootstrapName" .) | default dict -}}
{{- $data := get $secret "data" | default dict -}}
{{- $keptSize := get $data "size" | default "" | b64dec -}}
{{- $keptToken := get $data "token" | default "" | b64dec -}}
{{- $random := printf "%s%s" .Release.Name (randAlphaNum 64) | sha256sum | trunc 32 -}}
size: {{ .Values.bootstrap.size | default $keptSize | default .Values.replicaCount }}
token: {{ .Values.discovery.token | default $keptToken | default $random | quote }}
{{- end -}}

{{/*
How many have to register at the chart's own service before they found a cluster. After scaling up it is the larger number: fewer that find
neither a member nor an old registration must not take themselves for all.
*/}}
{{- define "cairn.discoverySize" -}}
{{- $size := (include "cairn.founding" . | fromYaml).size | int -}}
{{ if .Values.bootstrap.size }}{{ $size }}{{ else }}{{ max $size (int .Values.replicaCount) }}{{ end }}
{{- end -}}

{{/*
Peer URLs that a member without data asks first. The list does not follow replicaCount, so that scaling restarts nobody: with the
first five of nine members gone there is no quorum to join anyway.
*/}}
{{- define "cairn.joinUrls" -}}
{{- $urls := .Values.bootstrap.joinUrls -}}
{{- range $ordinal := until 5 -}}
{{- $pod := printf "%s-%d" (include "cairn.fullname" $) $ordinal -}}
{{- $urls = append $urls (printf "%s://%s:%d" (include "cairn.peerScheme" $) (include "cairn.podHost" (list $ $pod)) (int $.Values.peerPort)) -}}
{{- end -}}
{{- join "," $urls -}}
{{- end -}}

{{/* All pods. A member finds itself in the list, so it follows replicaCount; those that come later join through the join URLs. */}}
{{- define "cairn.initialCluster" -}}
{{- $entries := list -}}
{{- range $ordinal := until (int .Values.replicaCount) -}}
{{- $pod := printf "%s-%d" (include "cairn.fullname" $) $ordinal -}}
{{- $entries = append $entries (printf "%s=%s://%s:%d" $pod (include "cairn.peerScheme" $) (include "cairn.podHost" (list $ $pod)) (int $.Values.peerPort)) -}}
{{- end -}}
{{- join "," $entries -}}
{{- end -}}

{{/* The part of the members' environment that says how they begin. */}}
{{- define "cairn.bootstrapEnv" -}}
- name: ETCD_JOIN_URLS
  value: {{ include "cairn.joinUrls" . | quote }}
- name: ETCD_AUTO_REJOIN
  value: {{ .Values.bootstrap.autoRejoin | quote }}
{{- if eq .Values.bootstrap.mode "discovery" }}
{{- if .Values.discovery.url }}
- name: ETCD_DISCOVERY
  value: {{ .Values.discovery.url | quote }}
{{- else }}
- name: DISCOVERY_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ include "cairn.bootstrapName" . }}
      key: token
- name: ETCD_DISCOVERY
  value: http://{{ include "cairn.fullname" . }}-discovery:{{ .Values.clientPort }}/$(DISCOVERY_TOKEN)
{{- end }}
- name: ETCD_DISCOVERY_FALLBACK
  value: {{ .Values.discovery.fallback }}
{{- else if eq .Values.bootstrap.mode "static" }}
- name: ETCD_INITIAL_CLUSTER
  value: {{ include "cairn.initialCluster" . | quote }}
- name: ETCD_INITIAL_CLUSTER_STATE
  value: new
- name: ETCD_INITIAL_CLUSTER_TOKEN
  value: {{ .Values.bootstrap.clusterToken | default (printf "$(POD_NAMESPACE)/%s" (include "cairn.fullname" .)) | quote }}
{{- else }}
- name: ETCD_INITIAL_CLUSTER_STATE
  value: existing
{{- end }}
{{- end -}}

{{/* What no value of one key alone can say. */}}
{{- define "cairn.checks" -}}
{{- if and (eq .Values.bootstrap.mode "existing") (not .Values.bootstrap.joinUrls) -}}
{{- fail "bootstrap.mode is existing, and bootstrap.joinUrls is empty: name the peer URLs of running members there" -}}
{{- end -}}
{{- if and (ne .Values.bootstrap.mode "discovery") .Values.discovery.url -}}
{{- fail (printf "discovery.url is given, and bootstrap.mode is %s: leave one of them out" .Values.bootstrap.mode) -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled -}}
{{- fail "metrics.serviceMonitor and metrics.podMonitor are both enabled, and every sample would be there twice: choose one" -}}
{{- end -}}
{{- if lt (int .Values.terminationGracePeriodSeconds) (add (int .Values.preStopSeconds) 10 | int) -}}
{{- fail (printf "terminationGracePeriodSeconds (%d) has to be at least 10 more than preStopSeconds (%d): members hand over and finish what is in flight" (int .Values.terminationGracePeriodSeconds) (int .Values.preStopSeconds)) -}}
{{- end -}}
{{- if and .Values.scaleDown.enabled (lt (int .Values.scaleDown.timeoutSeconds) (add (int .Values.scaleDown.drainSeconds) 30 | int)) -}}
{{- fail (printf "scaleDown.timeoutSeconds (%d) has to be at least 30 more than scaleDown.drainSeconds (%d): otherwise no member is removed in that time" (int .Values.scaleDown.timeoutSeconds) (int .Values.scaleDown.drainSeconds)) -}}
{{- end -}}
{{- include "cairn.operatorChecks" . -}}
{{- include "cairn.memoryCheck" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" (include "cairn.fullname" .)) -}}
{{- fail (printf "%s would be the name of Services, which Kubernetes does not take: it begins with a small letter, and goes on with these, digits and -; set fullnameOverride" (include "cairn.fullname" .)) -}}
{{- end -}}
{{- $ports := list (int .Values.clientPort) (int .Values.peerPort) -}}
{{- with .Values.metrics.port }}{{- $ports = append $ports (int .) -}}{{- end -}}
{{- if ne (len $ports) (len (uniq $ports)) -}}
{{- fail "clientPort, peerPort and metrics.port have to differ" -}}
{{- end -}}
{{- end -}}

{{/* Where `config.operator-routes` has moved what the chart's own hooks and members use. */}}
{{- define "cairn.operatorChecks" -}}
{{- $place := get .Values.config "operator-routes" | default "client" -}}
{{- if and (eq $place "metrics") (not .Values.metrics.port) -}}
{{- fail "config.operator-routes is metrics, and there is no such port: set metrics.port" -}}
{{- end -}}
{{- if ne $place "client" -}}
{{- if .Values.scaleDown.enabled -}}
{{- fail (printf "config.operator-routes is %s, and the hook before a smaller release removes members at the client port: set scaleDown.enabled to false, and remove them by hand" $place) -}}
{{- end -}}
{{- if and .Values.bootstrap.autoRejoin (not (include "cairn.tlsPeers" .)) -}}
{{- fail (printf "config.operator-routes is %s, and members without TLS come back at the client port: set tls.mode, or bootstrap.autoRejoin to false" $place) -}}
{{- end -}}
{{- end -}}
{{- end -}}
