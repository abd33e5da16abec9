{{/* A new release that begins with a snapshot: once, and never again. docs/backup.md has the reasons. */}}

{{/* `true` if the file is in the bucket of the backups, and not on a volume. */}}
{{- define "cairn.restoresFromBucket" -}}
{{- if not .Values.restore.existingClaim -}}true{{- end -}}
{{- end -}}

{{/* Init containers of a member, as a list. A file in a bucket is fetched first, and what is to be remembered is sent last. */}}
{{- define "cairn.restore" -}}
{{- if .Values.restore.file -}}
{{- include "cairn.restoreChecks" . -}}
{{- if include "cairn.restoresFromBucket" . -}}
- {{- include "cairn.restoreBucket" (list . "fetch-snapshot" "cairn.fetchScript") | nindent 2 }}
{{ end -}}
- name: restore
  {{- include "cairn.containerBasics" . | nindent 2 }}
  args:
    - restore-once
    - /restore/{{ .Values.restore.file }}
    - --data-dir={{ include "cairn.dataDir" . }}
    - --name=$(POD_NAME)
    - --initial-cluster={{ include "cairn.restoredCluster" . }}
    - --initial-cluster-token=$(RESTORE_ID)
    - --bump-index={{ int64 .Values.restore.bumpIndex }}
    - --record=/restore/{{ include "cairn.restoreRecord" . }}
  env:
    {{- include "cairn.restoreEnv" . | nindent 4 }}
    {{- with include "cairn.heapEnvOf" (list (include "cairn.resources" . | fromYaml) .) }}{{ . | nindent 4 }}{{ end }}
    {{- if include "cairn.tlsPeers" . }}{{ include "cairn.tlsMemberEnv" . | nindent 4 }}{{ end }}
  resources: {{- include "cairn.resources" . | nindent 4 }}
  volumeMounts:
    {{- include "cairn.restoreMounts" . | nindent 4 }}
    {{- if include "cairn.tlsPeers" . }}{{ include "cairn.tlsMount" . | nindent 4 }}{{ end }}
{{- if include "cairn.restoresFromBucket" . }}
- {{- include "cairn.restoreBucket" (list . "record-restore" "cairn.recordScript") | nindent 2 }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* Takes (list $ NAME SCRIPT). */}}
{{- define "cairn.restoreBucket" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 }}
{{ include "cairn.bucketBasics" $root }}
command:
  - sh
  - -c
  - {{ include (index . 2) $root | quote }}
env:
  {{- include "cairn.restoreEnv" $root | nindent 2 }}
  - name: FILE
    value: {{ $root.Values.restore.file | quote }}
  - name: RECORD
    value: {{ include "cairn.restoreRecord" $root }}
  - name: SENT
    value: {{ include "cairn.dataDir" $root }}.recorded
  {{- include "cairn.bucketEnv" $root | nindent 2 }}
volumeMounts: {{- include "cairn.restoreMounts" $root | nindent 2 }}
{{- end -}}

{{/* A volume that remembers that it was recorded needs the store no more: pods start without it. */}}
{{- define "cairn.fetchScript" -}}
set -eu
r() { rclone --config= "$@"; }
if [ "$(cat "$SENT" 2>/dev/null)" = "$RESTORE_ID" ]; then : > "/restore/$RECORD"; echo "recorded before, nothing is fetched"; exit 0; fi
r lsf --files-only "$TARGET" > /restore/.listed
if grep -Fxq "$RECORD" /restore/.listed; then : > "/restore/$RECORD"; echo "$RECORD is there, nothing is fetched"; exit 0; fi
r copyto "$TARGET/$FILE" "/restore/$FILE"
{{- end -}}

{{- define "cairn.recordScript" -}}
set -eu
r() { rclone --config= "$@"; }
[ -e "/restore/$RECORD" ] || { echo "nothing to record"; exit 0; }
[ "$(cat "$SENT" 2>/dev/null)" != "$RESTORE_ID" ] || exit 0
date > /restore/.sent
r copyto /restore/.sent "$TARGET/$RECORD"
printf %s "$RESTORE_ID" > "$SENT.new"; sync "$SENT.new" 2>/dev/null || sync; mv "$SENT.new" "$SENT"
echo "$RECORD is kept in $TARGET"
{{- end -}}

{{/* One for each place of each release. */}}
{{- define "cairn.restoreRecord" -}}
{{ include "cairn.fullname" . }}-$(RESTORE_ID)-$(POD_NAME).begun
{{- end -}}

{{- define "cairn.restoreEnv" -}}
- name: POD_NAME
  valueFrom: { fieldRef: { apiVersion: v1, fieldPath: metadata.name } }
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { apiVersion: v1, fieldPath: metadata.namespace } }
- name: RESTORE_ID
  valueFrom: { secretKeyRef: { name: {{ include "cairn.bootstrapName" . }}, key: restoreId } }
{{- end -}}

{{- define "cairn.restoreMounts" -}}
- { name: data, mountPath: /var/lib/cairn }
- { name: restore, mountPath: /restore }
{{- end -}}

{{- define "cairn.restoreVolume" -}}
- name: restore
  {{- if include "cairn.restoresFromBucket" . }}
  emptyDir: { sizeLimit: {{ .Values.backup.scratchSize }} }
  {{- else }}
  persistentVolumeClaim: { claimName: {{ .Values.restore.existingClaim | quote }} }
  {{- end }}
{{- end -}}

{{/* Those that would found the cluster. Pods beyond them join. */}}
{{- define "cairn.restoredCluster" -}}
{{- $size := .Values.replicaCount -}}
{{- if eq .Values.bootstrap.mode "discovery" }}{{ $size = (include "cairn.founding" . | fromYaml).size }}{{ end -}}
{{- $entries := list -}}
{{- range $ordinal := until (int $size) -}}
{{- $pod := printf "%s-%d" (include "cairn.fullname" $) $ordinal -}}
{{- $entries = append $entries (printf "%s=%s://%s:%d" $pod (include "cairn.peerScheme" $) (include "cairn.podHost" (list $ $pod)) (int $.Values.peerPort)) -}}
{{- end -}}
{{- join "," $entries -}}
{{- end -}}

{{/* What no value of one key alone can say about a restore. */}}
{{- define "cairn.restoreChecks" -}}
{{- if and (not .Values.restore.existingClaim) (not .Values.backup.s3.bucket) -}}
{{- fail "restore.file is given, and not where it is: name the claim of its volume as restore.existingClaim, or the bucket as backup.s3.bucket" -}}
{{- end -}}
{{- if and (not .Values.restore.existingClaim) (not .Values.backup.s3.existingSecret) -}}
{{- fail "restore.file is in a bucket, and backup.s3.existingSecret is empty: name the Secret with the keys of the store" -}}
{{- end -}}
{{- if eq .Values.bootstrap.mode "existing" -}}
{{- fail "restore.file makes a new cluster, and bootstrap.mode is existing: leave one of them out" -}}
{{- end -}}
{{- $running := lookup "apps/v1" "StatefulSet" .Release.Namespace (include "cairn.fullname" .) | default dict -}}
{{- if $running -}}
{{- $names := list -}}
{{- range dig "spec" "template" "spec" "initContainers" list $running }}{{- $names = append $names .name -}}{{- end -}}
{{- if not (has "restore" $names) -}}
{{- fail (printf "restore.file is for a new release, and %s runs without it: restore into a release of another name" (include "cairn.fullname" .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
