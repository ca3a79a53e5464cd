#!/bin/busybox sh
# httpd runs this for "/".
printf 'Content-Type: text/plain\r\n\r\nhello-backend answers from container %s\n' "$(/bin/busybox hostname)"
