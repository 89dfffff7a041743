using System.Security.Cryptography;
using System.Text;
using DVStakers.Edge.Core.Backup;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Backup;

public sealed class BackupEnvelopeTests
{
    private const string Passphrase = "correct horse battery";
    private static readonly byte[] Salt = [.. Enumerable.Range(1, BackupEnvelope.SaltBytes).Select(i => (byte)i)];
    private static readonly byte[] Iv = [.. Enumerable.Range(101, BackupEnvelope.IvBytes).Select(i => (byte)i)];

    [Fact]
    public void What_is_sealed_opens_with_the_passphrase_alone() =>
        // Each costs two derivations of a key.
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), content =>
            BackupEnvelope.Open(BackupEnvelope.Seal(content, Passphrase, Salt, Iv), Passphrase).AsSpan().SequenceEqual(content)).Check(Config.QuickThrowOnFailure.WithMaxTest(5));

    [Fact]
    public void A_wrong_passphrase_is_called_that_and_not_damage()
    {
        var whole = BackupEnvelope.Seal("content"u8, Passphrase, Salt, Iv);
        Assert.Contains("the passphrase is wrong", Assert.Throws<BackupException>(() => BackupEnvelope.Open(whole, Passphrase + " ")).Message);
        BackupEnvelope.Check(whole);
    }

    [Fact]
    public void Every_byte_that_is_changed_missing_or_added_is_found_without_the_passphrase()
    {
        var whole = BackupEnvelope.Seal(RandomNumberGenerator.GetBytes(300), Passphrase, Salt, Iv);
        for (var at = 0; at < whole.Length; at++)
        {
            var altered = whole.ToArray();
            altered[at] ^= (byte)(1 << (at % 8));
            Assert.Contains("damaged", Assert.Throws<BackupException>(() => BackupEnvelope.Check(altered)).Message);
            Assert.Contains("damaged", Assert.Throws<BackupException>(() => BackupEnvelope.Check(whole.AsSpan(0, at))).Message);
        }
        Assert.Contains("damaged", Assert.Throws<BackupException>(() => BackupEnvelope.Check([.. whole, 0])).Message);
    }

    [Fact]
    public void What_somebody_altered_and_gave_a_new_digest_does_not_open()
    {
        var whole = BackupEnvelope.Seal("content"u8, Passphrase, Salt, Iv);
        for (var at = 0; at < whole.Length - 32; at += 9)
        {
            var altered = whole[..^32];
            altered[at] ^= 1;
            Assert.Throws<BackupException>(() => BackupEnvelope.Open(Again(altered), Passphrase));
        }
    }

    [Fact]
    public void A_newer_format_and_another_file_are_called_what_they_are()
    {
        var newer = Again([.. "dvstakers-edge-backup 2\nwhatever comes then"u8, .. new byte[40]]);
        Assert.Contains("its format is 2, and this version knows 1", Assert.Throws<BackupException>(() => BackupEnvelope.Open(newer, Passphrase)).Message);
        Assert.Contains("it is no backup", Assert.Throws<BackupException>(() => BackupEnvelope.Open("hello"u8, Passphrase)).Message);
        Assert.Contains("it is no backup", Assert.Throws<BackupException>(() => BackupEnvelope.Open([], Passphrase)).Message);
    }

    [Fact]
    public void The_format_is_what_the_page_says()
    {
        var whole = BackupEnvelope.Seal("content"u8, Passphrase, Salt, Iv);
        Assert.StartsWith("dvstakers-edge-backup 1\nsalt 0102030405060708090a0b0c0d0e0f10\niv 65666768696a6b6c6d6e6f7071727374\n", Encoding.Latin1.GetString(whole));
    }

    private static byte[] Again(byte[] withoutDigest) => [.. withoutDigest, .. SHA256.HashData(withoutDigest)];
}
