# The lesson's programs, each target one line; docs/lesson.md walks through them. C1 alone starts them faster.
JAVA_FLAGS ?= -XX:TieredStopAtLevel=1
RUN = java $(JAVA_FLAGS) -jar target/benchmarks.jar

USERS ?= 5
LISTENER_URLS ?= 127.0.0.1:50061,127.0.0.1:50062,127.0.0.1:50063
BOOTSTRAP ?= 127.0.0.1:19092,127.0.0.1:19093,127.0.0.1:19094
TOPIC ?= customer-events
BROKERS ?= 3
PARTITIONS ?= 3
# further options of the command: make run-grpc-listener-1 ARGS='--delay fixed:200ms'
ARGS ?=
KAFKA = --bootstrap $(BOOTSTRAP) --topic $(TOPIC)

.PHONY: help build sandbox topic-create topic-delete \
	run-grpc-listener-1 run-grpc-listener-2 run-grpc-listener-3 run-grpc-broadcast run-grpc-broadcast-parallel \
	run-kafka-listener-analytics run-kafka-listener-notifications run-kafka-listener-billing run-kafka-listener \
	run-kafka-broadcast

help: ; @grep -oE '^[a-z0-9-]+:' Makefile | tr -d ':' | tr '\n' ' '; echo; echo "variables: USERS TOPIC BOOTSTRAP LISTENER_URLS BROKERS PARTITIONS GROUP ARGS"
build: ; mvn -q package
run-grpc-listener-1: ; @$(RUN) grpc-listener --addr 127.0.0.1:50061 --name analytics $(ARGS)
run-grpc-listener-2: ; @$(RUN) grpc-listener --addr 127.0.0.1:50062 --name notifications $(ARGS)
run-grpc-listener-3: ; @$(RUN) grpc-listener --addr 127.0.0.1:50063 --name billing $(ARGS)
run-grpc-broadcast: ; @$(RUN) grpc-broadcast --targets $(LISTENER_URLS) --users $(USERS) $(ARGS)
run-grpc-broadcast-parallel: ; @$(RUN) grpc-broadcast --targets $(LISTENER_URLS) --users $(USERS) --parallel $(ARGS)
sandbox: ; @$(RUN) sandbox --brokers $(BROKERS) $(ARGS)
topic-create: ; @$(RUN) topic-create $(KAFKA) --partitions $(PARTITIONS) $(ARGS)
topic-delete: ; @$(RUN) topic-delete $(KAFKA) $(ARGS)
run-kafka-listener-analytics: ; @$(RUN) kafka-listener --group analytics $(KAFKA) $(ARGS)
run-kafka-listener-notifications: ; @$(RUN) kafka-listener --group notifications $(KAFKA) $(ARGS)
run-kafka-listener-billing: ; @$(RUN) kafka-listener --group billing $(KAFKA) $(ARGS)
run-kafka-listener: ; @$(RUN) kafka-listener --group "$(GROUP)" $(KAFKA) $(ARGS)
run-kafka-broadcast: ; @$(RUN) kafka-broadcast $(KAFKA) --users $(USERS) --partitions $(PARTITIONS) $(ARGS)
