{{/* What `helm install` prints; a template, so that it can be looked at without a cluster. */}}
{{- define "cairn.notes" -}}
{{- $name := include "cairn.fullname" . -}}
{{- $curl := printf "%shttp%s://127.0.0.1:%d" (ternary "--cacert ca.crt " "" (eq (include "cairn.tlsClients" .) "true")) (ternary "s" "" (eq (include "cairn.tlsClients" .) "true")) (int .Values.service.port) -}}
{{- $in := printf "--namespace %s" .Release.Namespace -}}
Cairn {{ .Chart.AppVersion }} with {{ .Values.replicaCount }} {{ ternary "member" "members" (eq (int .Values.replicaCount) 1) }}.

Clients inside the cluster use
  {{ include "cairn.clientScheme" . }}://{{ $name }}.{{ .Release.Namespace }}.{{ include "cairn.domain" . }}:{{ .Values.service.port }}

Wait until all members are ready:
  kubectl {{ $in }} rollout status statefulset/{{ $name }}

Try it out and see the members:
  helm test {{ .Release.Name }} {{ $in }} --logs

From this machine:
  kubectl {{ $in }} port-forward service/{{ $name }} {{ .Values.service.port }} &
{{- if include "cairn.tlsClients" . }}
  kubectl {{ $in }} get secret {{ include "cairn.tlsSecretName" . }} --output 'go-template={{`{{index .data "ca.crt" | base64decode}}`}}' > ca.crt
{{- end }}
  curl {{ $curl }}/v2/keys/hello -XPUT -d value=world
  curl {{ $curl }}/v2/members

{{- if .Values.auth.enabled }}

Auth is on. The user root and its password, for `curl --user`:
  kubectl {{ $in }} get secret {{ include "cairn.authSecretName" . }} --output 'go-template={{`{{.data.root | base64decode}}`}}'
{{- end }}

Scale with replicaCount and `helm upgrade`: members are removed from the cluster before their pods go. After a
`kubectl scale` to fewer pods, remove them by hand:
  kubectl {{ $in }} exec {{ $name }}-0 -- cairn retire {{ if not (include "cairn.tlsClients" .) }}--url http://127.0.0.1:{{ .Values.clientPort }} {{ end }}--name-prefix {{ $name }}- --keep N
{{- if .Values.persistence.enabled }}

`helm uninstall` keeps the volumes; this deletes the data:
  kubectl {{ $in }} delete persistentvolumeclaims --selector app.kubernetes.io/instance={{ .Release.Name }},app.kubernetes.io/name={{ include "cairn.name" . }},app.kubernetes.io/component=member
{{- end }}
{{- if eq (mod (int .Values.replicaCount) 2) 0 }}

WARNING: {{ .Values.replicaCount }} members survive no more losses than {{ sub (int .Values.replicaCount) 1 }} would; an odd number is better.
{{- end }}
{{- if not .Values.persistence.enabled }}

WARNING: persistence is off. The data are gone when more than half of the pods go at once.
{{- if and (include "cairn.ownDiscovery" .) .Values.discovery.enabled }} For an empty cluster then:
  kubectl {{ $in }} rollout restart deployment/{{ include "cairn.discoveryName" . }}
After scaling down set bootstrap.size to the number that there are: the service waits for as many as there were.
{{- end }}
{{- end }}
{{- if and .Values.auth.enabled (not (include "cairn.tlsPeers" .)) }}

WARNING: auth is on and the peer port has no TLS. A member that lost its volume, or is new after scaling up, is no user and gets no place:
make its place as root, or install with tls.mode.
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}

WARNING: this cluster does not know the kinds of the Prometheus operator (monitoring.coreos.com/v1).
{{- end }}
{{- end -}}
