#!/bin/busybox sh
# httpd runs this for "/". Without the backend's answer there is no page: 502, which also makes the service unhealthy.
if answer=$(/bin/busybox timeout 2 /bin/busybox wget -q -O - http://hello-backend:8080/); then
  printf 'Content-Type: text/html; charset=utf-8\r\n\r\n'
  printf '<!doctype html>\n<title>Hello from Harbor</title>\n<h1>Hello from Harbor</h1>\n<p>%s</p>\n' "$answer"
else
  printf 'Status: 502 Bad Gateway\r\nContent-Type: text/plain\r\n\r\nhello-backend does not answer\n'
fi
