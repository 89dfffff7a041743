using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DVStakers.Edge.Linux.Mosquitto;

/// <summary>The part of mosquitto.h (libmosquitto 1.6 to 2.x, soname 1) that the agent needs. Names as in C.</summary>
internal static unsafe partial class MosquittoNative
{
    private const string Library = MosquittoLibrary.FileName;

    public const int MOSQ_ERR_SUCCESS = 0;
    public const int MOSQ_ERR_NO_CONN = 4;
    public const int MOSQ_ERR_CONN_REFUSED = 5;
    public const int MOSQ_ERR_CONN_LOST = 7;
    public const int MOSQ_ERR_ERRNO = 14;
    public const int MOSQ_ERR_EAI = 15;
    public const int MOSQ_ERR_KEEPALIVE = 19;

    public const int MOSQ_LOG_ERR = 1 << 3;

    public const int SSL_VERIFY_PEER = 1;

    [LibraryImport(Library)]
    public static partial int mosquitto_lib_init();

    [LibraryImport(Library)]
    public static partial int mosquitto_lib_version(out int major, out int minor, out int revision);

    /// <summary>Returns a string of the library's own: copy it, never free it.</summary>
    [LibraryImport(Library)]
    public static partial nint mosquitto_strerror(int mosq_errno);

    /// <summary>Returns a string of the library's own: copy it, never free it.</summary>
    [LibraryImport(Library)]
    public static partial nint mosquitto_connack_string(int connack_code);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint mosquitto_new(string id, [MarshalAs(UnmanagedType.U1)] bool clean_session, nint obj);

    [LibraryImport(Library)]
    public static partial void mosquitto_destroy(nint mosq);

    [LibraryImport(Library)]
    public static partial int mosquitto_threaded_set(MosquittoHandle mosq, [MarshalAs(UnmanagedType.U1)] bool threaded);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mosquitto_username_pw_set(MosquittoHandle mosq, string? username, string? password);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mosquitto_will_set(MosquittoHandle mosq, string topic, int payloadlen, ReadOnlySpan<byte> payload, int qos,
        [MarshalAs(UnmanagedType.U1)] bool retain);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int mosquitto_connect_async(MosquittoHandle mosq, string host, int port, int keepalive);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mosquitto_tls_set(MosquittoHandle mosq, string? cafile, string? capath, string? certfile, string? keyfile, nint pw_callback);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mosquitto_tls_opts_set(MosquittoHandle mosq, int cert_reqs, string? tls_version, string? ciphers);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int mosquitto_loop(MosquittoHandle mosq, int timeout, int max_packets);

    [LibraryImport(Library)]
    public static partial int mosquitto_disconnect(MosquittoHandle mosq);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mosquitto_publish(MosquittoHandle mosq, out int mid, string topic, int payloadlen, ReadOnlySpan<byte> payload, int qos,
        [MarshalAs(UnmanagedType.U1)] bool retain);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mosquitto_subscribe(MosquittoHandle mosq, out int mid, string sub, int qos);

    [LibraryImport(Library)]
    public static partial void mosquitto_connect_with_flags_callback_set(MosquittoHandle mosq,
        delegate* unmanaged[Cdecl]<nint, nint, int, int, void> on_connect);

    [LibraryImport(Library)]
    public static partial void mosquitto_disconnect_callback_set(MosquittoHandle mosq, delegate* unmanaged[Cdecl]<nint, nint, int, void> on_disconnect);

    [LibraryImport(Library)]
    public static partial void mosquitto_publish_callback_set(MosquittoHandle mosq, delegate* unmanaged[Cdecl]<nint, nint, int, void> on_publish);

    [LibraryImport(Library)]
    public static partial void mosquitto_message_callback_set(MosquittoHandle mosq,
        delegate* unmanaged[Cdecl]<nint, nint, mosquitto_message*, void> on_message);

    [LibraryImport(Library)]
    public static partial void mosquitto_log_callback_set(MosquittoHandle mosq, delegate* unmanaged[Cdecl]<nint, nint, int, byte*, void> on_log);

    /// <summary>What a return code means; for <see cref="MOSQ_ERR_ERRNO"/> the meaning of <paramref name="errno"/>.</summary>
    public static string Words(int code, int errno = 0) => code switch
    {
        MOSQ_ERR_ERRNO when errno != 0 => Marshal.GetPInvokeErrorMessage(errno),
        MOSQ_ERR_EAI => "the host name cannot be resolved",
        MOSQ_ERR_CONN_LOST => "the broker closed the connection",
        MOSQ_ERR_KEEPALIVE => "the broker did not answer within the keep-alive time",
        _ => (Marshal.PtrToStringUTF8(mosquitto_strerror(code)) ?? $"error {code}").TrimEnd('.'),
    };

    /// <summary>What a CONNACK return code (MQTT 3.1.1, table 3.1) means.</summary>
    public static string ConnackWords(int code) =>
        (Marshal.PtrToStringUTF8(mosquitto_connack_string(code)) ?? $"CONNACK {code}").TrimEnd('.');
}

/// <summary>struct mosquitto_message. A test checks size and offsets.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct mosquitto_message
{
    public int mid;
    public byte* topic;
    public byte* payload;
    public int payloadlen;
    public int qos;
    public byte retain;
}
