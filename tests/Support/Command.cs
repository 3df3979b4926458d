using System.Diagnostics;
using System.Text;

namespace Agency.Tests.Support;

/// <summary>A program in a process of its own.</summary>
public sealed class Command : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder said = new();
    private readonly List<(string Words, TaskCompletionSource<string> Heard)> awaited = [];

    private Command(string folder, IReadOnlyDictionary<string, string> environment, IEnumerable<string> words)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        // Servers of a build would outlive the test.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
    }

    /// <summary>Everything it wrote, on either stream.</summary>
    public string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>Starts <c>dotnet</c> with these words.</summary>
    public static Command Start(string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> words)
    {
        var command = new Command(folder, environment, words);
        command.process.Start();
        command.process.BeginOutputReadLine();
        command.process.BeginErrorReadLine();
        return command;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> words)
    {
        using var command = Start(folder, environment, words);
        await command.process.WaitForExitAsync();
        return (command.process.ExitCode, command.Said);
    }

    /// <summary>The first line that has these words, once it is written.</summary>
    public Task<string> HearAsync(string words)
    {
        lock (said)
        {
            if (said.ToString().Split('\n').FirstOrDefault(line => line.Contains(words, StringComparison.Ordinal)) is { } line)
            {
                return Task.FromResult(line);
            }

            awaited.Add((words, new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously)));
            return awaited[^1].Heard.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private void Hear(string? line)
    {
        lock (said)
        {
            said.Append(line).Append('\n');
            foreach (var (words, heard) in awaited)
            {
                if (line?.Contains(words, StringComparison.Ordinal) == true)
                {
                    heard.TrySetResult(line);
                }
            }
        }
    }
}
