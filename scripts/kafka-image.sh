#!/usr/bin/env bash
# Builds an image with the interface of apache/kafka from Debian packages and this project's own jar, without a registry.
#   scripts/kafka-image.sh [IMAGE]     default: local/kafka:<version of the broker in the jar>
# Needs: a Docker engine, Debian's apt-get and dpkg-deb (packages are downloaded, not installed), a JDK 17 or later with
# jlink, and target/benchmarks.jar (mvn package).
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}") # an assignment: a substitution that fails within a word does not end the script
cd "$here/.."

missing() {
  echo "kafka-image: $*" >&2
  exit 1
}

jar=target/benchmarks.jar
[ -f "$jar" ] || missing "$jar is not there: mvn package"
for command in docker java jlink apt-get dpkg-deb; do
  command -v "$command" >/dev/null || missing "$command is missing"
done
docker version >/dev/null 2>&1 || missing "no Docker engine answers (docker version)"

version=$(java -jar "$jar" --version | sed -n 's/^kafka //p')
[ -n "$version" ] || missing "$jar --version does not name Kafka's version"
image=${1:-local/kafka:$version}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{tmp,etc/kafka/docker,opt/kafka/config,opt/kafka/libs,mnt/shared/config,var/lib/kafka/data}
chmod 1777 "$root/tmp"

echo "kafka-image: Debian packages"
(cd "$work" && apt-get -o APT::Sandbox::User=root download -q busybox-static bash libtinfo6 libc6 zlib1g libstdc++6 libgcc-s1 base-files >/dev/null)
for package in "$work"/*.deb; do
  dpkg-deb -x "$package" "$root"
done
rm -rf "${root:?}/usr/share"
for tool in sh sleep cat ls mkdir rm chmod env hostname ps kill grep sed id; do
  [ -e "$root/bin/$tool" ] || ln -s busybox "$root/bin/$tool"
done

echo "kafka-image: Java"
jlink --output "$root/opt/java" --strip-java-debug-attributes --no-header-files --no-man-pages --add-modules \
  java.base,java.logging,java.management,java.naming,java.security.sasl,java.security.jgss,java.sql,java.xml,jdk.management,jdk.unsupported,jdk.crypto.ec,jdk.zipfs,jdk.net,java.desktop
rm -f "$root"/opt/java/lib/lib{awt*,font*,freetype,javajpeg,jsound,lcms,mlib_image,splashscreen}.so
cp "$jar" "$root/opt/kafka/libs/"

# what KafkaDockerWrapper begins with; KAFKA_* variables come over it
cat >"$root/etc/kafka/docker/server.properties" <<'END'
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
advertised.listeners=PLAINTEXT://localhost:9092
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=/var/lib/kafka/data
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
END
touch "$root/etc/kafka/docker/log4j2.yaml" "$root/etc/kafka/docker/tools-log4j2.yaml"

cat >"$root/etc/kafka/docker/run" <<'END'
#!/bin/bash
# Variables to properties, then the storage, then the broker in this very process, so that a signal reaches it.
set -e
java -cp '/opt/kafka/libs/*' kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker \
  --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config
exec java ${KAFKA_HEAP_OPTS:--Xms512m -Xmx512m} -XX:+UseG1GC -Djava.awt.headless=true -Dorg.slf4j.simpleLogger.logFile=System.out \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=info -Dorg.slf4j.simpleLogger.log.org.apache.kafka=info ${KAFKA_OPTS:-} \
  -cp '/opt/kafka/libs/*' kafka.Kafka /opt/kafka/config/server.properties
END
chmod 755 "$root/etc/kafka/docker/run"

echo "kafka-image: $image"
tar -C "$root" --numeric-owner --owner=0 --group=0 -c . | docker import \
  --change 'ENV PATH=/opt/java/bin:/bin:/usr/bin CLUSTER_ID=5L6g3nShT-eMCtK--X86sw' \
  --change 'EXPOSE 9092' --change 'CMD ["/etc/kafka/docker/run"]' --change "LABEL kafka.version=$version" - "$image" >/dev/null
docker image inspect --format '{{index .RepoTags 0}} {{.Size}} bytes' "$image"
