package dev.brew.delivery.broker;

/** A parent to be killed: starts a container, says so, and waits for input. */
final class ContainerParent {

    private ContainerParent() {
    }

    public static void main(String[] arguments) throws Exception {
        ContainerBroker.start(arguments[0], false, System.getenv());
        System.out.println("started");
        System.in.read();
    }
}
