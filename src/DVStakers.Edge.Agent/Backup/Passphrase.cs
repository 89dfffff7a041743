using System.Text;
using DVStakers.Edge.Core.Backup;

namespace DVStakers.Edge.Agent.Backup;

/// <summary>From a file, or from a person at the terminal, who does not see it.</summary>
internal static class Passphrase
{
    /// <param name="isNew">It is typed twice, and must be long enough.</param>
    /// <exception cref="BackupException">There is none.</exception>
    public static string Read(string? file, bool isNew)
    {
        var passphrase = file is not null ? FromFile(file) : FromTerminal(isNew);
        return !isNew || passphrase.Length >= BackupEnvelope.ShortestPassphrase ? passphrase
            : throw new BackupException($"the passphrase has {passphrase.Length} characters, and needs {BackupEnvelope.ShortestPassphrase}: whoever gets the file can try out short ones. Some words in a row are good");
    }

    private static string FromFile(string file)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault() ?? "";
            return line.Length > 0 ? line : throw new BackupException($"the first line of {file} is empty; it must hold the passphrase");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{file} cannot be read ({e.Message})", e);
        }
    }

    private static string FromTerminal(bool twice)
    {
        if (Console.IsInputRedirected)
            throw new BackupException("there is no terminal to type the passphrase at; name a file that has it: --passphrase-file FILE");
        var passphrase = Ask("Passphrase: ");
        return !twice || Ask("Once more: ") == passphrase ? passphrase : throw new BackupException("the two are not the same");
    }

    private static string Ask(string question)
    {
        Console.Error.Write(question);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
