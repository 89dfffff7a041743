using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.Tests.Linux;

public sealed class MosquittoTests
{
    [Fact]
    public void The_message_struct_is_laid_out_as_in_C()
    {
        // mosquitto.h on a 64-bit machine: int, char *, void *, int, int, bool.
        Assert.Equal(40, Unsafe.SizeOf<mosquitto_message>());
        Assert.Equal(
            [0, 8, 16, 24, 28, 32],
            new[] { "mid", "topic", "payload", "payloadlen", "qos", "retain" }.Select(f => (int)Marshal.OffsetOf<mosquitto_message>(f)));
    }

    [Fact]
    public void A_missing_library_is_a_reason()
    {
        var library = MosquittoLibrary.Probe("libmosquitto-of-nowhere.so.1");
        Assert.False(library.IsAvailable);
        Assert.Null(library.Version);
        Assert.Contains("libmosquitto-of-nowhere.so.1 is not installed", library.Reason);
    }

    [Fact]
    public void Another_library_under_that_name_is_a_reason()
    {
        var library = MosquittoLibrary.Probe("libc.so.6");
        Assert.False(library.IsAvailable);
        Assert.Contains("too old", library.Reason);
    }

    [Fact]
    public void Without_the_library_there_is_no_connection()
    {
        var missing = MosquittoLibrary.Probe("libmosquitto-of-nowhere.so.1");
        var options = new MosquittoOptions { ClientId = "x", Host = "127.0.0.1", Port = 1, KeepAlive = TimeSpan.FromSeconds(5) };
        Assert.Contains("not installed", Assert.Throws<MosquittoException>(() => new MosquittoConnection(missing, options, TimeProvider.System)).Message);
    }
}
