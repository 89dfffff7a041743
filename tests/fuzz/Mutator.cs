using System.Text;

namespace DVStakers.Edge.Fuzz;

/// <summary>Changes inputs: bytes, pieces of others, and tokens of the language that the target reads.</summary>
/// <param name="tokens">What is worth standing anywhere.</param>
/// <param name="marks">Bytes behind which a token is put more often than elsewhere.</param>
internal sealed class Mutator(string[] tokens, byte[] marks)
{
    private static readonly string[] Numbers =
        ["0", "-1", "-0", "1e400", "1.0", "4294967296", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "1893585600", "00", "1e1", "999999999999999999999999999"];

    private readonly byte[][] tokens = [.. tokens.Select(Encoding.UTF8.GetBytes)];
    private static readonly byte[][] Edges = [.. Numbers.Select(Encoding.UTF8.GetBytes)];

    public byte[] Change(byte[] seed, Corpus corpus, Random random)
    {
        // As it is, now and then: what is around it changes as well.
        if (random.Next(32) == 0)
            return seed;
        var bytes = new List<byte>(seed);
        for (var rounds = 1 + random.Next(1 + random.Next(5)); rounds > 0; rounds--)
            Once(bytes, corpus, random);
        return [.. bytes];
    }

    private void Once(List<byte> bytes, Corpus corpus, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        switch (random.Next(12))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(1 + random.Next(random.Next(40) + 1), bytes.Count - at));
                break;
            case 3:
                bytes.InsertRange(at, tokens[random.Next(tokens.Length)]);
                break;
            case 4 or 5:
                Replace(bytes, Marked(bytes, at), tokens[random.Next(tokens.Length)]);
                break;
            case 6:
                // A piece of another one.
                var other = corpus.Pick(random);
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 80), other.Length - from)).ToArray());
                break;
            case 7:
                // A piece of its own once more: a key, a header, a request.
                var length = Math.Min(random.Next(1, 120), bytes.Count - at);
                bytes.InsertRange(random.Next(2) == 0 ? at : Marked(bytes, random.Next(bytes.Count + 1)), bytes.GetRange(at, length));
                break;
            case 8 or 9:
                Number(bytes, at, random);
                break;
            case 10:
                bytes.Insert(Marked(bytes, at), bytes.Count > 0 ? bytes[random.Next(bytes.Count)] : (byte)0);
                break;
            case 11 when random.Next(64) == 0:
                var many = random.Next(8) == 0 ? 70_000 : random.Next(400);
                bytes.InsertRange(at, Enumerable.Repeat(tokens[random.Next(tokens.Length)][0], many));
                break;
        }
    }

    private int Marked(List<byte> bytes, int from)
    {
        for (var i = from; i < bytes.Count; i++)
            if (marks.AsSpan().Contains(bytes[i]))
                return i + 1;
        return from;
    }

    /// <summary>Over what stands there until the next mark.</summary>
    private void Replace(List<byte> bytes, int at, byte[] token)
    {
        var end = at;
        while (end < bytes.Count && !marks.AsSpan().Contains(bytes[end]) && end - at < 200)
            end++;
        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(at, token);
    }

    private static void Number(List<byte> bytes, int from, Random random)
    {
        var start = bytes.FindIndex(from < bytes.Count ? from : 0, IsDigit);
        if (start < 0)
            return;
        var end = start;
        while (end < bytes.Count && IsDigit(bytes[end]))
            end++;
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Edges[random.Next(Edges.Length)]);
    }

    private static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';
}
