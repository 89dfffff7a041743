using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Tests.Core.Cluster;

/// <summary>
/// Everything that reads what comes from a broker, with inputs made from the corpus by a seeded generator: the same ones in each run. EDGE_FUZZ_INPUTS sets
/// how many; 200,000 take some seconds, 10,000,000 ten minutes.
/// </summary>
public sealed class FuzzTests
{
    private static readonly string[] Tokens =
        ["null", "-1", "0", "1e999", "18446744073709551616", "\"\"", "{}", "[]", "\\ud800", "\\u0000", "true", "\"boot\":", "\"schema\":2", ",", "\"signature\":\"", "\"}", "0x", "\u00e9"];

    [Fact]
    public void No_input_is_believed_and_none_breaks_a_reader()
    {
        var inputs = int.Parse(Environment.GetEnvironmentVariable("EDGE_FUZZ_INPUTS") ?? "200000", CultureInfo.InvariantCulture);
        var post = new Post();
        var signed = Enumerable.Range(1, 4).Select(i => Post.Signed("friend", 5, i, post.Now)).ToList();
        byte[][] corpus = [.. Directory.GetFiles(Corpus()).Order(StringComparer.Ordinal).Select(File.ReadAllBytes), .. signed];
        Assert.True(corpus.Length >= 10);
        var random = new Random(4);
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < inputs; i++)
        {
            var input = Mutated(corpus, random);
            if (signed.Any(s => s.AsSpan().SequenceEqual(input)))
                continue;
            foreach (var outcome in Outcomes(post, input, i))
                seen[outcome] = seen.GetValueOrDefault(outcome) + 1;
        }
        // The generator reaches behind every reader's first line, or these checks would be blind.
        foreach (var outcome in new[] { "Forged", "Unsigned", "Replayed", "health", "no health", "roster", "no roster", "marks", "no marks" })
            Assert.True(seen.GetValueOrDefault(outcome) > 0, $"no input came to '{outcome}': {string.Join(", ", seen)}");
        Assert.Equal(Standing.NeverHeard, post.Friend.Standing);
    }

    /// <summary>One reader for each input, in turn: most say no by an exception, which is what takes the time.</summary>
    private static IEnumerable<string> Outcomes(Post post, byte[] input, int number)
    {
        switch (number % 5)
        {
            case 0:
                yield return Reads(() => HealthReader.Read(input), "health");
                yield break;
            case 1:
                yield return Reads(() => Roster.Parse(input), "roster");
                yield break;
            case 2:
                yield return Reads(() => PeerMark.Parse(input), "marks");
                yield break;
            case 3:
                // By an inbox that knows the box, so that the claimed order is looked at.
                var known = Known.Look(Post.Topic("friend"), input, post.Now, post.Since);
                yield return known.Refused?.Kind.ToString() ?? "wanted";
                yield break;
        }
        var delivery = post.Inbox.Look(Post.Topic("friend"), input, post.Now, post.Since);
        if (delivery.Refused is { } refused)
            yield return refused.Kind.ToString();
        if (delivery.Wanted is { } wanted)
        {
            Assert.False(post.Take(wanted.Topic, input, out var why));
            yield return why!.Kind.ToString();
        }
    }

    private static readonly Inbox Known = Inbox.Start("node-1", Post.Cluster.Roster, HeardAt(100));

    private static IReadOnlyDictionary<string, PeerMark> HeardAt(long sequence)
    {
        var post = new Post();
        Assert.True(post.Hear(1_800_000_000, sequence));
        return post.Inbox.Marks;
    }

    /// <summary>Every reader says no in one way of its own.</summary>
    private static string Reads(Action read, string name)
    {
        try
        {
            read();
            return name;
        }
        catch (Exception e) when (e is FormatException or RosterException or JsonException)
        {
            return "no " + name;
        }
    }

    private static byte[] Mutated(byte[][] corpus, Random random)
    {
        var bytes = corpus[random.Next(corpus.Length)].ToList();
        for (var rounds = random.Next(1, 5); rounds > 0; rounds--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
                case 4:
                    // A piece of another one.
                    var other = corpus[random.Next(corpus.Length)];
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 60), other.Length - from)).ToArray());
                    break;
                case 5:
                    // A value becomes another one.
                    var colon = bytes.IndexOf((byte)':', Math.Min(at, Math.Max(0, bytes.Count - 1)));
                    if (colon > 0)
                        bytes.InsertRange(colon + 1, System.Text.Encoding.UTF8.GetBytes(Tokens[random.Next(8)] + ","));
                    break;
                case 6 when random.Next(20) == 0:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)'[', random.Next(1, 300)));
                    break;
            }
        }
        return [.. bytes];
    }

    private static string Corpus([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Corpus");
}
