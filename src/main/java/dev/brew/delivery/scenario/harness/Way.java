package dev.brew.delivery.scenario.harness;

import dev.brew.delivery.path.grpc.GrpcFanOut;

/** The ways of delivering that are compared. */
public enum Way {
    SEQUENTIAL("grpc-sequential"),
    PARALLEL("grpc-parallel"),
    KAFKA("kafka");

    private final String text;

    Way(String text) {
        this.text = text;
    }

    GrpcFanOut.Mode mode() {
        return this == SEQUENTIAL ? GrpcFanOut.Mode.SEQUENTIAL : GrpcFanOut.Mode.PARALLEL;
    }

    @Override
    public String toString() {
        return text;
    }
}
