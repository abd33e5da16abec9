{{/* What becomes of a file that was verified. */}}

{{/* On a volume: it gets its name, and older ones go. */}}
{{- define "cairn.keepBackup" -}}
name: keep
{{ include "cairn.backupContainer" . }}
command:
  - node
  - -e
  - {{ include "cairn.keepScript" . | quote }}
  - {{ include "cairn.backupDirectory" . }}
  - $(JOB_NAME)
  - {{ include "cairn.backupName" . }}
  - {{ .Values.backup.keep | quote }}
env: {{- include "cairn.jobNameEnv" . | nindent 2 }}
volumeMounts: {{- include "cairn.backupMount" . | nindent 2 }}
{{- end -}}

{{/*
The image has no shell. What a run left that never got so far goes too. Kubernetes writes the time of a job in minutes, up to 1.20 in seconds:
files of both are in one order, and that of this run is the newest in any case.
*/}}
{{- define "cairn.keepScript" -}}
const fs = require("fs"); const [directory, job, prefix, keep] = process.argv.slice(1); fs.renameSync(directory + "/" + job + ".unverified", directory + "/" + job + ".snap"); const own = fs.readdirSync(directory).filter((name) => name.startsWith(prefix + "-") && /^\d+\.(snap|unverified(\.part)?)$/.test(name.slice(prefix.length + 1))); const minute = (name) => { const time = Number(name.slice(prefix.length + 1).split(".")[0]); return name === job + ".snap" ? Number.MAX_VALUE : time >= 1e9 ? time / 60 : time; }; const saved = own.filter((name) => name.endsWith(".snap")).sort((a, b) => minute(b) - minute(a)); const gone = saved.slice(Number(keep)).concat(own.filter((name) => !name.endsWith(".snap"))); for (const name of gone) fs.rmSync(directory + "/" + name); console.log(job + ".snap is kept; deleted: " + (gone.join(", ") || "none"));
{{- end -}}

{{/* What speaks with the bucket. Takes the root. */}}
{{- define "cairn.bucketBasics" -}}
{{- $s3 := .Values.backup.s3 -}}
image: {{ if $s3.image.digest }}{{ printf "%s@%s" $s3.image.repository $s3.image.digest | quote }}{{ else }}{{ printf "%s:%s" $s3.image.repository $s3.image.tag | quote }}{{ end }}
imagePullPolicy: {{ $s3.image.pullPolicy }}
securityContext: {{- toYaml .Values.containerSecurityContext | nindent 2 }}
{{ include "cairn.lastWords" . }}
resources: {{- toYaml (.Values.backup.resources | default (include "cairn.resources" . | fromYaml)) | nindent 2 }}
{{- end -}}

{{/* Where the bucket is, and as whom it is asked. Takes the root. */}}
{{- define "cairn.bucketEnv" -}}
{{- $s3 := .Values.backup.s3 -}}
- name: TARGET
  value: {{ printf ":s3:%s/%s" $s3.bucket (trimAll "/" $s3.folder) | trimSuffix "/" | quote }}
- name: RCLONE_S3_PROVIDER
  value: {{ ternary "Other" "AWS" (not (empty $s3.endpoint)) }}
{{- with $s3.endpoint }}
- name: RCLONE_S3_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- with $s3.region }}
- name: RCLONE_S3_REGION
  value: {{ . | quote }}
{{- end }}
- name: RCLONE_S3_NO_CHECK_BUCKET
  value: 'true'
- name: RCLONE_S3_ACCESS_KEY_ID
  valueFrom: { secretKeyRef: { name: {{ $s3.existingSecret | quote }}, key: {{ $s3.accessKeyIdKey | quote }} } }
- name: RCLONE_S3_SECRET_ACCESS_KEY
  valueFrom: { secretKeyRef: { name: {{ $s3.existingSecret | quote }}, key: {{ $s3.secretAccessKeyKey | quote }} } }
{{- end -}}

{{/* In a bucket: it is sent, and older ones go. rclone compares what it has sent with what arrived. */}}
{{- define "cairn.sendBackup" -}}
name: send
{{ include "cairn.bucketBasics" . }}
command:
  - sh
  - -c
  - {{ include "cairn.sendScript" . | quote }}
env:
  {{- include "cairn.jobNameEnv" . | nindent 2 }}
  - name: DIRECTORY
    value: {{ include "cairn.backupDirectory" . }}
  - name: PREFIX
    value: {{ include "cairn.backupName" . }}
  - name: KEEP
    value: {{ .Values.backup.keep | quote }}
  {{- include "cairn.bucketEnv" . | nindent 2 }}
volumeMounts: {{- include "cairn.backupMount" . | nindent 2 }}
{{- end -}}

{{/* The order is that of the script above. */}}
{{- define "cairn.sendScript" -}}
set -eu
r() { rclone --config= "$@"; }
r copyto "$DIRECTORY/$JOB_NAME.unverified" "$TARGET/$JOB_NAME.snap"
r lsf --files-only "$TARGET" > "$DIRECTORY/listed"
grep -E "^$PREFIX-[0-9]+\.snap\$" "$DIRECTORY/listed" > "$DIRECTORY/own" || true
awk -v skip="${#PREFIX}" -v run="$JOB_NAME.snap" '{ time = substr($0, skip + 2) + 0; if (time >= 1e9) time /= 60; if ($0 == run) time = 1e12; printf "%.0f %s\n", time, $0 }' "$DIRECTORY/own" | sort -rn | awk -v keep="$KEEP" 'NR > keep { print $2 }' > "$DIRECTORY/old"
while read -r old; do r deletefile "$TARGET/$old"; echo "deleted $old"; done < "$DIRECTORY/old"
echo "$JOB_NAME.snap is kept in $TARGET"
{{- end -}}
