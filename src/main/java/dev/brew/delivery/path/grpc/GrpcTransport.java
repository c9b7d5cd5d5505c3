package dev.brew.delivery.path.grpc;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Locale;

/** What carries the calls. gRPC takes epoll by itself where it finds it, so each is asked for by name. */
public enum GrpcTransport {
    /** TCP through Java's selectors. */
    NIO,
    /** TCP through Linux's epoll, native. */
    EPOLL,
    /** No socket: the call is handed over within the JVM. What is left is gRPC itself. */
    INPROCESS;

    /**
     * Reads {@code nio}, {@code epoll} or {@code inprocess}.
     *
     * @throws IllegalArgumentException if it is none of them, or epoll on a machine that has none
     */
    public static GrpcTransport parse(String text) {
        for (GrpcTransport transport : values()) {
            if (transport.toString().equals(text)) {
                return transport.requireAvailable();
            }
        }
        throw new IllegalArgumentException("transport must be nio, epoll or inprocess, got '" + text + "'");
    }

    private GrpcTransport requireAvailable() {
        if (this == EPOLL && !Epoll.isAvailable()) {
            throw new IllegalArgumentException("transport epoll is not available here (it needs Linux on x86_64): "
                    + Epoll.unavailabilityCause().getMessage());
        }
        return this;
    }

    EventLoopGroup eventLoops(int threads, String name) {
        IoHandlerFactory handlers = this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handlers);
    }

    Class<? extends ServerChannel> serverChannel() {
        return this == EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    Class<? extends Channel> channel() {
        return this == EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
