package dev.brew.delivery.text;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import com.google.common.net.InternetDomainName;
import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A network address: {@code host:port}, an IPv6 host in brackets. What {@link #toString} prints, {@link #parse} reads.
 *
 * @param host a name in lower case and ASCII, or an IP address in its shortest form, without brackets
 * @param port 0..65535; 0 means any free port, and only a listener may have it
 */
public record HostPort(String host, int port) {

    private static final int MAX_PORT = 65_535;

    /**
     * Reads one address.
     *
     * @throws IllegalArgumentException if {@code text} is no address; the message quotes it and says why
     */
    public static HostPort parse(String text) {
        HostAndPort parts;
        try {
            parts = HostAndPort.fromString(text);
        } catch (IllegalArgumentException e) { // its messages do not say what is expected
            throw refused(text, "");
        }
        String host = parts.getHost();
        boolean ipv6 = host.indexOf(':') >= 0;
        if (ipv6 && InetAddresses.isInetAddress(host) && !text.startsWith("[")) {
            throw refused(text, " (an IPv6 address stands in brackets, such as [::1]:50061)");
        }
        if (!parts.hasPort() || host.isEmpty()) { // without brackets and with more than one colon there is no port
            throw refused(text, "");
        }
        return new HostPort(ipv6 || InetAddresses.isInetAddress(host) ? literal(text, host) : name(text, host),
                parts.getPort());
    }

    private static String literal(String text, String host) {
        try {
            return shortest(InetAddresses.forString(host));
        } catch (IllegalArgumentException e) { // such as a scope that this machine does not have
            throw refused(text, " (" + e.getMessage() + ")");
        }
    }

    private static String name(String text, String host) {
        try {
            String ascii = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
            if (InternetDomainName.isValid(ascii) && !text.startsWith("[")) {
                return ascii;
            }
        } catch (IllegalArgumentException e) { // an empty label, say
            // refused below
        }
        throw refused(text, " (no such host can be)");
    }

    private static IllegalArgumentException refused(String text, String why) {
        return new IllegalArgumentException("not host:port: '" + text + "'" + why);
    }

    /** RFC 5952's form; a scope keeps its name. */
    private static String shortest(InetAddress address) {
        String plain = InetAddresses.toAddrString(address);
        boolean scoped = address instanceof Inet6Address six && (six.getScopeId() != 0 || six.getScopedInterface() != null);
        String zone = scoped ? address.getHostAddress().replaceFirst("^[^%]*", "") : "";
        return plain.indexOf('%') < 0 ? plain + zone : plain;
    }

    /** A port of this machine's loopback interface, by its IP address: a name may mean another one there. */
    public static HostPort loopback(int port) {
        return new HostPort(shortest(InetAddress.getLoopbackAddress()), port);
    }

    /** The address that a socket is bound to. */
    public static HostPort of(InetSocketAddress bound) {
        return new HostPort(shortest(bound.getAddress()), bound.getPort());
    }

    /**
     * Reads a list of addresses to connect to, joined by commas; blanks around each are dropped.
     *
     * @throws IllegalArgumentException if one is no address, has port 0, or is given twice; the message quotes it
     */
    public static List<HostPort> list(String text) {
        List<HostPort> found = new ArrayList<>();
        for (String entry : text.split(",", -1)) {
            HostPort address = parse(entry.strip());
            if (address.port == 0) {
                throw refused(entry.strip(), " (a port to connect to is 1.." + MAX_PORT + ")");
            }
            if (found.contains(address)) {
                throw new IllegalArgumentException("'" + address + "' is given twice");
            }
            found.add(address);
        }
        return found;
    }

    /** For a socket; a name is looked up, and stays unresolved if nobody knows it. */
    public InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
