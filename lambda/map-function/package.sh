#!/bin/sh
# Puts all that the map function is on AWS Lambda into target/lambda: the jar, what it needs, a Java
# runtime of its own, and the bootstrap that provided.al2023 starts. Wants a JDK 25 in JAVA_HOME, for
# Linux and the processor that the function is to run on, and the module built (mvn package).
set -eu
cd "$(dirname "$0")"
: "${JAVA_HOME:?(expected: a JDK 25)}"
target=target/lambda
rm -rf "$target"
mkdir -p "$target"
cp -R target/coatcheck-map-function.jar target/lib "$target"
"$JAVA_HOME/bin/jlink" --add-modules java.desktop,java.logging,java.net.http --output "$target/jre" \
  --strip-debug --no-header-files --no-man-pages --generate-cds-archive
cat > "$target/bootstrap" <<'BOOTSTRAP'
#!/bin/sh
exec "$LAMBDA_TASK_ROOT/jre/bin/java" -XX:+UseSerialGC -XX:MaxRAMPercentage=75 \
  -jar "$LAMBDA_TASK_ROOT/coatcheck-map-function.jar"
BOOTSTRAP
chmod 755 "$target/bootstrap"
du -sh "$target"
