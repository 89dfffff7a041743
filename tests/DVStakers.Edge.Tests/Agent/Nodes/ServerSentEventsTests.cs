using DVStakers.Edge.Agent.Nodes;
using FsCheck;
using FsCheck.Fluent;
using System.Text;

namespace DVStakers.Edge.Tests.Agent.Nodes;

public sealed class ServerSentEventsTests
{
    [Theory]
    [InlineData("event: head\ndata: {}\n\n", "head={}")]
    [InlineData("event: head\r\ndata: {}\r\n\r\n", "head={}")]
    [InlineData("event: head\rdata: {}\r\r", "head={}")]
    [InlineData("event:head\ndata:{}\n\n", "head={}")]
    [InlineData("\uFEFFevent: head\ndata: {}\n\n", "head={}")]
    [InlineData("data: one\ndata: two\n\n", "message=one\ntwo")]
    [InlineData("data:  two spaces\n\n", "message= two spaces")]
    [InlineData("data\n\n", "message=")]
    [InlineData("data\ndata\n\n", "message=\n")]
    [InlineData(": keep-alive\n\n:\n\nevent: head\n: in between\ndata: 1\n\n", "head=1")]
    [InlineData("id: 7\nretry: 3000\nunknown: x\nno colon\ndata: 1\n\n", "message=1")]
    [InlineData("event: head\n\ndata: 1\n\n", "message=1")]
    [InlineData("event: a\nevent: b\ndata: 1\n\n", "b=1")]
    [InlineData("data: unfinished\n", "")]
    [InlineData("event: head\ndata: {}", "")]
    [InlineData("\n\n\r\n\r\r", "")]
    [InlineData("data: \uFEFFkept\n\n", "message=\uFEFFkept")]
    [InlineData("data: 1\r\n\ndata: 2\n\n", "message=1|message=2")]
    public void Events_are_read_as_the_standard_says(string stream, string expected) => Assert.Equal(expected, Parse([Encoding.UTF8.GetBytes(stream)]));

    [Fact]
    public void Any_cut_into_pieces_gives_the_same_events()
    {
        // Built of what the parser distinguishes, so that most streams have events, and line ends fall on the cuts.
        var piece = Gen.Elements("event: head", "event:", "data: 1", "data:2", "data", ": c", "id: 1", "garbage", "\n", "\n", "\n\n", "\r", "\r\n", "\r\n\r\n", "\uFEFF", "é", "\0");
        var streams =
            from pieces in piece.ListOf()
            from cuts in Gen.Choose(1, 7).ListOf()
            select (Bytes: Encoding.UTF8.GetBytes(string.Concat(pieces)), Cuts: cuts.ToArray());
        Prop.ForAll(streams.ToArbitrary(), s => Parse(Cut(s.Bytes, s.Cuts)) == Parse([s.Bytes])).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Random_bytes_do_no_harm()
    {
        Prop.ForAll<byte[]>(bytes =>
        {
            var parser = new ServerSentEvents();
            parser.Feed(bytes);
            // Whatever came, a blank line ends it, and the next event is read.
            return parser.Feed("\n\n\nevent: head\ndata: 1\n\n"u8)[^1] is { Event: "head" } last && last.Data.Span.SequenceEqual("1"u8);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_event_of_the_largest_size_passes_and_one_byte_more_is_left_out()
    {
        var parser = new ServerSentEvents();
        var largest = new string('x', ServerSentEvents.MaxEventBytes - "data: ".Length);
        Assert.Equal(largest.Length, Assert.Single(parser.Feed(Encoding.ASCII.GetBytes($"data: {largest}\n\n"))).Data.Length);
        Assert.Empty(parser.Feed(Encoding.ASCII.GetBytes($"data: {largest}x\n\n")));
        Assert.Equal(1, parser.TooLarge);
        Assert.Single(parser.Feed("data: next\n\n"u8));
    }

    [Fact]
    public void Many_small_lines_are_limited_too_and_a_cut_line_does_not_end_the_event()
    {
        var parser = new ServerSentEvents();
        var line = Encoding.ASCII.GetBytes($"data: {new string('x', 1000)}\n");
        for (var i = 0; i < 2000; i++)
            Assert.Empty(parser.Feed(line));
        Assert.Equal(0, parser.TooLarge);
        Assert.Empty(parser.Feed("\n"u8));
        Assert.Equal(1, parser.TooLarge);
    }

    [Fact]
    public void Comments_do_not_count_towards_the_size()
    {
        var parser = new ServerSentEvents();
        var comment = Encoding.ASCII.GetBytes($":{new string('x', 1000)}\n");
        for (var i = 0; i < 2000; i++)
            parser.Feed(comment);
        Assert.Single(parser.Feed("data: 1\n\n"u8));
    }

    [Fact]
    public async Task A_stream_is_read_to_its_end()
    {
        var events = new List<string>();
        await foreach (var e in ServerSentEvents.Read(new MemoryStream("data: 1\n\nevent: b\ndata: 2\n\ndata: cut"u8.ToArray()), CancellationToken.None))
            events.Add(Text(e));
        Assert.Equal(["message=1", "b=2"], events);
    }

    private static string Parse(IEnumerable<byte[]> pieces)
    {
        var parser = new ServerSentEvents();
        return string.Join('|', pieces.SelectMany(piece => parser.Feed(piece)).Select(Text));
    }

    private static string Text(ServerSentEvent e) => $"{e.Event}={Encoding.UTF8.GetString(e.Data.Span)}";

    private static IEnumerable<byte[]> Cut(byte[] bytes, int[] sizes)
    {
        var at = 0;
        for (var i = 0; at < bytes.Length; i++)
        {
            var size = Math.Min(sizes.Length == 0 ? 1 : sizes[i % sizes.Length], bytes.Length - at);
            yield return bytes[at..(at + size)];
            at += size;
        }
    }
}
