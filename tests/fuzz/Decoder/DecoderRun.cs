using System.Diagnostics;
using System.Globalization;
using System.Text;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Tests.Core.Cluster;

namespace DVStakers.Edge.Fuzz.Decoder;

/// <summary>
/// One worker's inputs to what reads messages of peers. An input is a seed made to be news, changed, and then signed anew by the right key, by a wrong one, for another topic, or
/// not. cloud is never signed for but by ourselves, with a message that must be believed: so nothing that comes in another's name may touch it.
/// </summary>
internal sealed class DecoderRun
{
    /// <summary>Then our inbox begins anew, with what it kept or with nothing.</summary>
    private const int Epoch = 512;

    /// <summary>What was believed last, to be played back.</summary>
    private const int Recorded = 32;

    private const int ControlEvery = 64;
    private const int RealEvery = 1024;

    /// <summary>What one message may allocate: an exception's words, and a few copies of what came.</summary>
    private const long AllocationBase = 96 * 1024;
    private const long AllocationPerByte = 40;

    private static readonly string[] Tokens =
    [
        "null", "true", "false", "\"\"", "{}", "[]", "[null]", "\"\\ud800\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\ufeff", "\"boot\":", "\"sequence\":", "\"box\":\"cloud\",", "\"box\":\"friend\",", "\"schema\":2,",
        "\"boot\":1893585000,", "\"sequence\":9,", "\"time\":", "\"time\":\"2030-01-02T12:00:00Z\",", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-14:00\"", ",", "\"signature\":\"", "\"}", "0x", "é", "{\"name\":\"x\"},",
        "\"stacks\":[", "\"conditions\":[", "\"members\":[null],", "\"removed\":[null],", "\"removed\":null,", "\"\\u0062oot\":1,", "/*", "//", "\"gateway\":\"https://x\",", "\"gateway\":\"https://[::1\",", "\"broker\":\"[::1]:1\",", "\"tier\":\"healthy\"",
        "\"head\":{\"slot\":1,\"root\":\"0xabababababababababababababababababababababababababababababababab\",\"optimistic\":false}", "[[[[[[[[[[[[[[[[[[[[", "\r\n", " ", "\"ttl_seconds\":", "\"ready\":true,",
    ];

    private static readonly string[] Topics =
    [
        "dvstakers/kili/node-1/health", "dvstakers/kili/nobody/health", "dvstakers/other/friend/health", "dvstakers/kili/friend/events", "dvstakers/kili/friend/health/x", "dvstakers/kili//health", "kili/friend/health", "",
        "dvstakers/kili/friend/roster", "dvstakers/kili/cloud/roster", "dvstakers/kili/fr\u0131end/health", "dvstakers/kili/FRIEND/health", "dvstakers/kili/friend/Health", "/dvstakers/kili/friend/health",
    ];

    private readonly Random random;
    private readonly Corpus corpus;
    private readonly Mutator mutator = new(Tokens, ":,{["u8.ToArray());
    private readonly Tally tally;
    private readonly Failures failures;
    private readonly CertifiedCluster cluster;
    private readonly Keys quick = new(null);
    private readonly Keys real;
    private readonly Readers readers;
    private Rules rules;
    private Post post;
    private readonly Queue<(string Topic, byte[] Payload)> believed = [];
    private long sequence = 1000;

    public DecoderRun(int seed, Corpus corpus, CertifiedCluster cluster, Tally tally, Failures failures)
    {
        (random, this.corpus, this.cluster, this.tally, this.failures) = (new Random(seed), corpus, cluster, tally, failures);
        (real, readers) = (new(cluster), new(cluster));
        (rules, post) = (new(quick), new(quick, cluster.Roster));
    }

    public void Run(long inputs)
    {
        for (var i = 0L; i < inputs; i++)
            One(i);
    }

    private void One(long i)
    {
        var number = tally.Input();
        byte[] input = [];
        try
        {
            if (i % Epoch == 0)
                Begin(i / Epoch % 4);
            if (i % ControlEvery == 0)
                Control();
            if (i % 8 == 7)
            {
                input = mutator.Change(corpus.Pick(random), corpus, random);
                var which = random.Next(Readers.Count);
                Note(random.Next(200) == 0 ? readers.ReadSigned(input) : Measured(() => readers.Read(which, input), input.Length, $"reader {which}"), input);
                return;
            }
            if (i % 16 == 3 && believed.Count > 0)
            {
                // What was believed before, by this inbox or the one before its restart, as it was.
                (var where, input) = believed.ElementAt(random.Next(believed.Count));
                Deliver(where, input);
                return;
            }
            input = mutator.Change(Fresh(corpus.Pick(random)), corpus, random);
            var (topic, signer, place) = (Topic(), "friend", "");
            (signer, place) = (topic.Split('/') is [_, _, var box, ..] && Cluster.Boxes.Contains(box) ? box : "friend", topic);
            input = Dress(input, signer, place);
            post.After(random.Next(200) == 0 ? TimeSpan.FromSeconds(12) : TimeSpan.FromMilliseconds(1));
            Deliver(topic, input);
            if (i % RealEvery == 0)
                Real(input);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failures.Add("decoder", number, e is RuleBrokenException ? e.Message : $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}", input);
        }
    }

    /// <summary>A corpus file: into an inbox that knows nothing, by name as it should come out.</summary>
    public void Replay(string name, byte[] file)
    {
        var number = tally.Input();
        try
        {
            (rules, post) = (new(quick), new(quick, cluster.Roster));
            foreach (var which in Enumerable.Range(0, Readers.Count))
                Note(readers.Read(which, file), file);
            Note(readers.ReadSigned(file), file);
            foreach (var input in new[] { file, Dress(file, "friend", Cluster.Topic("friend"), anew: true) })
            {
                var outcome = Deliver(Cluster.Topic("friend"), input);
                if (ReferenceEquals(input, file) && !outcome.Replace("at sight: ", "", StringComparison.Ordinal).StartsWith(name.Split('-')[0], StringComparison.Ordinal))
                    throw new RuleBrokenException($"{name} came out as '{outcome}'");
                Real(input);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failures.Add("decoder", number, e is RuleBrokenException ? e.Message : $"{name}: {e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}", file);
        }
    }

    /// <summary>One of four times nothing is known, else what was kept.</summary>
    private void Begin(long turn)
    {
        if (turn == 0)
        {
            (rules, post) = (new(quick), new(quick, cluster.Roster));
            return;
        }
        rules.Restart();
        rules.KeepClocks(post.Inbox.Marks.Where(m => m.Value.ClockBehindMs != 0).Select(m => m.Key));
        post.Restart();
    }

    /// <summary>Cloud speaks, live: nothing that came before may have made it less believed.</summary>
    private void Control()
    {
        var said = Keys.Sign(Encoding.UTF8.GetBytes(Health("cloud", ++sequence)), Cluster.Topic("cloud"), quick.Of("cloud"));
        if (Deliver(Cluster.Topic("cloud"), said) is var outcome and not "believed")
            throw new RuleBrokenException($"a true message was not believed: {outcome}");
    }

    private string Deliver(string topic, byte[] input)
    {
        var before = post.Inbox;
        var outcome = Measured(() => post.Receive(topic, input), input.Length, topic);
        if (outcome is null || random.Next(8) == 0)
            Compare(before, topic, outcome);
        if (outcome is null)
        {
            rules.Believed(topic, input, post.Now, post.Since);
            tally.Believed();
            believed.Enqueue((topic, input));
            if (believed.Count > Recorded)
                believed.Dequeue();
        }
        else
        {
            // Only of these the clock takes notice.
            if (outcome.StartsWith("unproven", StringComparison.Ordinal) || outcome.StartsWith("old", StringComparison.Ordinal))
                rules.Heard(topic, input, post.Now, post.Since);
            tally.Refused();
        }
        Note(outcome ?? "believed", input);
        return outcome ?? "believed";
    }

    /// <summary>What was refused changes nothing that is believed, and what is believed changes nothing of anybody else.</summary>
    private void Compare(Inbox before, string topic, string? outcome)
    {
        var owner = topic.Split('/') is [_, _, var box, _] ? box : "";
        foreach (var (was, now) in before.Book(post.Since).Peers.Zip(post.Book.Peers))
        {
            if (outcome is null && was.Box == owner)
            {
                Rules.InRange(now.Said!);
                if (now.Standing != DVStakers.Edge.Core.Cluster.Standing.Known || post.Inbox.Book(post.Since + TimeSpan.FromSeconds(300.1)).Peers.Single(p => p.Box == was.Box).Standing == DVStakers.Edge.Core.Cluster.Standing.Known)
                    throw new RuleBrokenException("believed for longer than five minutes, or not at all");
            }
            else if (!ReferenceEquals(was.Said, now.Said) || was.Standing != now.Standing || !was.Trail.SequenceEqual(now.Trail))
            {
                throw new RuleBrokenException($"what is believed of {was.Box} changed by a message for {topic} that was {outcome ?? "believed"}");
            }
        }
    }

    /// <summary>The same bytes where real keys count: not signed by one, so never believed; signed by one, the outcome is the rules'.</summary>
    private void Real(byte[] input)
    {
        var (judge, box) = (new Rules(real), new Post(real, cluster.Roster));
        if (box.Receive(Cluster.Topic("friend"), input) is null)
            throw new RuleBrokenException("believed without a real signature");
        SignedJson.TrySplit(input, out var json, out _);
        var signed = Keys.Sign(json.Length > 0 ? json : input, Cluster.Topic("friend"), real.Of("friend"));
        if (box.Receive(Cluster.Topic("friend"), signed) is null)
            judge.Believed(Cluster.Topic("friend"), signed, box.Now, box.Since);
        if (box.Receive(Cluster.Topic("cloud"), signed) is null)
            throw new RuleBrokenException("believed in another's topic");
    }

    private byte[] Dress(byte[] input, string signer, string place, bool anew = false)
    {
        var how = anew ? 0 : random.Next(20);
        // With cloud's key only what nobody may believe: for another topic, or damaged.
        if (how >= 16 || (signer == "cloud" && how is not (11 or 12 or 13)))
            return input;
        var json = SignedJson.TrySplit(input, out var split, out _) ? split : input;
        switch (how)
        {
            case < 11:
                return Keys.Sign(json, place, quick.Of(signer));
            case 11:
                return Keys.Sign(json, place, quick.Of(signer == "rogue" ? "friend" : "rogue"));
            case 12:
                return Keys.Sign(json, Cluster.Topic("cloud") + "x", quick.Of(signer));
            case 13:
                var flipped = Keys.Sign(json, place, quick.Of(signer));
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 14:
                // Signed twice: the inner signature is a key like any other.
                return Keys.Sign(Keys.Sign(json, place, quick.Of("rogue")), place, quick.Of(signer));
            default:
                return [.. Keys.Sign(json, place, quick.Of(signer)), .. "\n"u8];
        }
    }

    private string Topic() => random.Next(20) switch
    {
        < 13 => Cluster.Topic("friend"),
        < 16 => Cluster.Topic("rogue"),
        < 18 => Cluster.Topic("cloud"),
        _ => Topics[random.Next(Topics.Length)],
    };

    /// <summary>Its time is now and its sequence the next, mostly: an old one is refused before anything else of it is looked at.</summary>
    private byte[] Fresh(byte[] seed)
    {
        if (random.Next(4) == 0)
            return seed;
        var text = Encoding.Latin1.GetString(seed);
        text = Over(text, "\"time\":\"", '"', post.Now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        text = Over(text, "\"sequence\":", ',', (random.Next(8) == 0 ? sequence : ++sequence).ToString(CultureInfo.InvariantCulture));
        return Encoding.Latin1.GetBytes(text);
    }

    private static string Over(string text, string from, char to, string value)
    {
        var start = text.IndexOf(from, StringComparison.Ordinal) + from.Length;
        var end = start < from.Length ? -1 : text.IndexOf(to, start);
        return end < 0 || end - start > 40 ? text : text[..start] + value + text[end..];
    }

    private string Health(string box, long number) =>
        $$"""{"schema":1,"box":"{{box}}","boot":1893585000,"sequence":{{number}},"time":"{{post.Now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}}","ttl_seconds":30,"ready":true}""";

    private T Measured<T>(Func<T> work, int bytes, string what)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        var result = work();
        var took = Stopwatch.GetElapsedTime(began);
        var share = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)(AllocationBase + (AllocationPerByte * bytes));
        tally.Cost(took, share, bytes, what);
        return share <= 1 ? result : throw new RuleBrokenException($"{share:0.00} of the allocation that {bytes} bytes may cost");
    }

    private void Note(string outcome, byte[] input) => corpus.Saw("decoder " + Corpus.Shape(outcome), input);
}
