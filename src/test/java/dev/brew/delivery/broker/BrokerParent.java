package dev.brew.delivery.broker;

/** A parent to be killed: starts a broker, says its process and directory, and waits. */
final class BrokerParent {

    private BrokerParent() {
    }

    public static void main(String[] arguments) throws Exception {
        ProcessBroker broker = ProcessBroker.start(ProcessBroker.Options.standard());
        System.out.println(broker.handle().pid() + " " + broker.directory());
        System.in.read();
    }
}
