using System.Globalization;
using System.Text;
using System.Text.Json;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Linux.Files;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Mesh;

/// <summary>The little that the agent keeps over its restarts: two small files. Where they cannot be kept it says so once, and what that means.</summary>
internal sealed class StateDirectory(string directory, ILogger log)
{
    private readonly string bootFile = Path.Combine(directory, "boot");
    private readonly string peersFile = Path.Combine(directory, "peers.json");
    private bool told;

    /// <summary>As systemd names it (StateDirectory= in the unit), else where that would put it.</summary>
    public static StateDirectory FromEnvironment(ILogger log) => new(ConfigFile.StateDirectory, log);

    /// <summary>
    /// A number higher than at any start before, by which peers put our messages in order. It is not lower than the unix time, so that one whose file is
    /// lost, or cannot be written, is still higher as long as the clock is right.
    /// </summary>
    public long NextBoot(DateTimeOffset now)
    {
        var boot = Math.Max(now.ToUnixTimeSeconds(), LastBoot() + 1);
        Write(bootFile, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{boot}\n")));
        return boot;
    }

    public IReadOnlyDictionary<string, PeerMark> Marks()
    {
        try
        {
            return PeerMark.Parse(File.ReadAllBytes(peersFile));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            log.StateNotRead(peersFile, e.Message);
        }
        return new Dictionary<string, PeerMark>();
    }

    public void Keep(IReadOnlyDictionary<string, PeerMark> marks) => Write(peersFile, PeerMark.ToUtf8(marks));

    private long LastBoot()
    {
        try
        {
            return long.TryParse(File.ReadAllText(bootFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var last) ? last : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private void Write(string file, byte[] bytes)
    {
        try
        {
            WholeFile.Write(file, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!told)
                log.StateNotKept(directory, e.Message);
            told = true;
        }
    }
}
