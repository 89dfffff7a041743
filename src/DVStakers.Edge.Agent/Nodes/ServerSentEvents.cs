using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace DVStakers.Edge.Agent.Nodes;

/// <summary>One event of a stream (HTML Living Standard, 9.2). Comments, ids and retry times are not events and do not get here.</summary>
/// <param name="Event">Its type; <c>message</c> where the stream does not say.</param>
/// <param name="Data">Its data lines, joined by LF. A copy: the receiver may keep it.</param>
internal sealed record ServerSentEvent(string Event, ReadOnlyMemory<byte> Data);

/// <summary>
/// Turns the bytes of an event stream into events, however they are cut into pieces. Lines end with LF, CR or CRLF; a byte order mark and unknown
/// fields are skipped. An event larger than the limit is left out and counted: a stream must not fill the memory, nor end for one bad event.
/// </summary>
internal sealed class ServerSentEvents
{
    /// <summary>Largest event in bytes, all its lines together.</summary>
    public const int MaxEventBytes = 1 << 20;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly ArrayBufferWriter<byte> line = new();
    private readonly ArrayBufferWriter<byte> data = new();
    private string type = "";
    private bool eventTooLarge;
    private bool lineCut;
    private bool firstLine = true;
    private bool afterCarriageReturn;

    /// <summary>Events left out because they were too large.</summary>
    public int TooLarge { get; private set; }

    /// <summary>The events that these bytes complete. What they leave unfinished waits for the next bytes, or is dropped with the parser.</summary>
    public IReadOnlyList<ServerSentEvent> Feed(ReadOnlySpan<byte> bytes)
    {
        List<ServerSentEvent>? events = null;
        while (bytes.Length > 0)
        {
            if (afterCarriageReturn)
            {
                afterCarriageReturn = false;
                if (bytes[0] == '\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            Append(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
                break;
            afterCarriageReturn = bytes[end] == '\r';
            bytes = bytes[(end + 1)..];
            if (EndLine() is { } complete)
                (events ??= []).Add(complete);
        }
        return events ?? (IReadOnlyList<ServerSentEvent>)[];
    }

    /// <summary>All events of a stream, until it ends. Its failures pass through.</summary>
    public static async IAsyncEnumerable<ServerSentEvent> Read(Stream stream, [EnumeratorCancellation] CancellationToken cancel)
    {
        var parser = new ServerSentEvents();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var read)
            foreach (var complete in parser.Feed(buffer.AsSpan(0, read)))
                yield return complete;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (data.WrittenCount + line.WrittenCount + bytes.Length > MaxEventBytes)
            (eventTooLarge, lineCut) = (true, true);
        else
            line.Write(bytes);
    }

    private ServerSentEvent? EndLine()
    {
        var text = line.WrittenSpan;
        if (firstLine && text.StartsWith(ByteOrderMark))
            text = text[ByteOrderMark.Length..];
        firstLine = false;
        ServerSentEvent? complete = null;
        if (text.IsEmpty && !lineCut)
            complete = EndEvent();
        else if (!eventTooLarge)
            Field(text);
        line.ResetWrittenCount();
        lineCut = false;
        return complete;
    }

    private void Field(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        var name = colon < 0 ? text : text[..colon];
        var value = colon < 0 ? [] : text[(colon + 1)..];
        if (value is [(byte)' ', ..])
            value = value[1..];
        if (name.SequenceEqual("data"u8))
        {
            data.Write(value);
            data.Write("\n"u8);
        }
        else if (name.SequenceEqual("event"u8))
        {
            type = Encoding.UTF8.GetString(value);
        }
    }

    private ServerSentEvent? EndEvent()
    {
        var complete = eventTooLarge || data.WrittenCount == 0
            ? null
            : new ServerSentEvent(type.Length == 0 ? "message" : type, data.WrittenSpan[..^1].ToArray());
        if (eventTooLarge)
            TooLarge++;
        data.ResetWrittenCount();
        type = "";
        eventTooLarge = false;
        return complete;
    }
}
