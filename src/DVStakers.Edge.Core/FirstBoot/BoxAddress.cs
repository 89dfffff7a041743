using System.Globalization;
using System.Net;

namespace DVStakers.Edge.Core.FirstBoot;

/// <summary>An address with the length of its network's prefix, and what lies in that network.</summary>
internal static class BoxAddress
{
    public static bool TryParse(string text, out IPAddress address, out int prefix)
    {
        (address, prefix) = (IPAddress.None, 0);
        if (text.Split('/') is not [var host, var length] || !IPAddress.TryParse(host, out var parsed) || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out prefix))
            return false;
        address = parsed;
        return prefix >= 1 && prefix <= 8 * address.GetAddressBytes().Length;
    }

    public static bool IsInNetwork(IPAddress other, IPAddress address, int prefix)
    {
        var (a, b) = (address.GetAddressBytes(), other.GetAddressBytes());
        if (a.Length != b.Length)
            return false;
        for (var bit = 0; bit < prefix; bit++)
            if (((a[bit / 8] ^ b[bit / 8]) & (0x80 >> (bit % 8))) != 0)
                return false;
        return true;
    }

    /// <summary>A router may be named by its link-local address, whatever the box's own network.</summary>
    public static bool IsReachable(IPAddress gateway, IPAddress address, int prefix) => gateway.IsIPv6LinkLocal || IsInNetwork(gateway, address, prefix);
}
