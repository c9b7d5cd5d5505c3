package dev.brew.delivery.broker;

/**
 * A parent to be killed: starts a broker, says its process, its directory and the ms it took, and waits for input. When
 * that ends, it stops the broker and says the ms of that.
 */
final class BrokerParent {

    private BrokerParent() {
    }

    public static void main(String[] arguments) throws Exception {
        long start = System.nanoTime();
        ProcessBroker broker = ProcessBroker.start(ProcessBroker.Options.standard());
        System.out.println(broker.handles().get(0).pid() + " " + broker.directories().get(0) + " "
                + (System.nanoTime() - start) / 1_000_000);
        System.in.read();
        long stop = System.nanoTime();
        broker.close();
        System.out.println("stopped " + (System.nanoTime() - stop) / 1_000_000);
    }
}
