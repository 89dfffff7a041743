using System.Net;
using System.Net.Sockets;

namespace DVStakers.Edge.Faults;

/// <summary>
/// Loopback ports below those that the system hands out, each once: while a fake is dead, nobody else may get its port.
/// </summary>
internal static class Ports
{
    private static int last = 21000;

    public static int Next()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref last);
            if (port >= 32000)
                throw new InvalidOperationException("No ports are left.");
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody else's; the next one then.
            }
        }
    }
}
