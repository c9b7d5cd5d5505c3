package dev.brew.delivery.cli;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An address as it is typed: {@code host:port}, an IPv6 host in brackets.
 *
 * @param port 0..65535
 */
record HostPort(String host, int port) {

    private static final int MAX_PORT = 65_535;

    /** @throws IllegalArgumentException if {@code text} is none; the message quotes it */
    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        boolean fits = !bare.isEmpty() && bare.chars().noneMatch(Character::isWhitespace)
                && (bracketed || bare.indexOf(':') < 0)
                && text.substring(colon + 1).matches("\\d{1,5}")
                && Integer.parseInt(text.substring(colon + 1)) <= MAX_PORT;
        if (!fits) {
            throw new IllegalArgumentException("not host:port: '" + text + "'");
        }
        return new HostPort(bare, Integer.parseInt(text.substring(colon + 1)));
    }

    /**
     * A list of addresses, joined by commas; blanks around each are dropped.
     *
     * @throws IllegalArgumentException if one is none, or is given twice; the message quotes it
     */
    static List<String> list(String text) {
        List<String> found = new ArrayList<>();
        for (String entry : text.split(",", -1)) {
            String address = parse(entry.strip()).toString();
            if (found.contains(address)) {
                throw new IllegalArgumentException("'" + address + "' is given twice");
            }
            found.add(address);
        }
        return found;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String value) {
            try {
                return parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
