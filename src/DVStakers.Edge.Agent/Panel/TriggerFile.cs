using System.Text;
using DVStakers.Edge.Linux.Files;
using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Leds;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>
/// What drove the LEDs before the agent did, in a file of the state directory: written before an LED is first touched, and read by whoever comes after a process that
/// could not put it back.
/// </summary>
internal sealed class TriggerFile(string directory, ILogger log)
{
    private readonly Lock guard = new();

    public string Path { get; } = System.IO.Path.Combine(directory, "panel-leds");

    /// <summary>What drove this LED before any agent did.</summary>
    /// <exception cref="DeviceException">It cannot be read.</exception>
    public LedMemory Remember(LedDevice led)
    {
        lock (guard)
        {
            var known = Read();
            if (known.TryGetValue(led.Name, out var kept))
                return kept;
            var now = led.Remember();
            known[led.Name] = now;
            Write(known);
            return now;
        }
    }

    /// <summary>Puts it back, and forgets it. An LED that is not there now stays in the file.</summary>
    /// <returns>Null: done; else why not.</returns>
    public string? Restore(LedDevice led, LedMemory memory)
    {
        lock (guard)
        {
            try
            {
                led.Restore(memory);
            }
            catch (DeviceException e)
            {
                log.LedNotRestored(led.Name, e.Message);
                return e.Message;
            }
            var known = Read();
            if (known.Remove(led.Name))
                Write(known);
            return null;
        }
    }

    /// <summary>All that is to be put back.</summary>
    public Dictionary<string, LedMemory> Read()
    {
        var known = new Dictionary<string, LedMemory>(StringComparer.Ordinal);
        try
        {
            foreach (var line in File.ReadLines(Path))
                if (line.Split('\t') is [{ Length: > 0 } name, var text] && !name.Contains('/') && name[0] != '.' && LedMemory.Parse(text) is { } memory)
                    known[name] = memory;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.TriggersNotKept(Path, e.Message);
        }
        return known;
    }

    private void Write(Dictionary<string, LedMemory> known)
    {
        try
        {
            if (known.Count == 0)
            {
                File.Delete(Path);
                return;
            }
            Directory.CreateDirectory(directory);
            // Root may write it and the agent must read it.
            WholeFile.Write(Path, Encoding.UTF8.GetBytes(string.Concat(known.Select(k => $"{k.Key}\t{k.Value}\n"))), WholeFile.ForAll);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.TriggersNotKept(Path, e.Message);
        }
    }
}
