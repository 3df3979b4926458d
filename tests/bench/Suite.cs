using System.Globalization;

namespace Agency.Bench;

/// <summary>Which measurements to make, and the table of what came out.</summary>
internal static class Suite
{
    private const string Usage = "usage: dotnet run -c Release --project tests/bench -- [case|list|contact|isolation|import|all] [--rounds N] [--accounts N]";

    private static readonly string[] Benches = ["case", "list", "contact", "isolation", "import"];

    /// <returns>0 measured, 2 the words of the command are off.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var (what, rounds, accounts) = ("all", 7, 50_000);
        for (var at = 0; at < args.Length; at++)
        {
            var number = at + 1 < args.Length && int.TryParse(args[at + 1], CultureInfo.InvariantCulture, out var n) && n > 0 ? n : 0;
            switch (args[at])
            {
                case "--rounds" when number > 0:
                    rounds = number;
                    at++;
                    break;
                case "--accounts" when number > 0:
                    accounts = number;
                    at++;
                    break;
                case var word when word == "all" || Benches.Contains(word, StringComparer.Ordinal):
                    what = word;
                    break;
                default:
                    await output.WriteLineAsync(Usage);
                    return 2;
            }
        }

        using var scratch = new Scratch();
        var chosen = what == "all" ? Benches : [what];
        if (chosen.Any(bench => bench != "import"))
        {
            var scene = await Scene.WithCasesAsync(scratch);
            if (chosen.Intersect(["case", "list", "contact"], StringComparer.Ordinal).ToArray() is { Length: > 0 } requests)
            {
                await RequestBench.RunAsync(scratch, scene, requests, rounds, output);
            }

            if (chosen.Contains("isolation", StringComparer.Ordinal))
            {
                await IsolationBench.RunAsync(scratch, scene, rounds, output);
            }
        }

        if (chosen.Contains("import", StringComparer.Ordinal))
        {
            await ImportBench.RunAsync(scratch, Math.Min(rounds, 3), accounts, output);
        }

        return 0;
    }

    public static void Head(TextWriter output) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{"",-28}{"ours µs",10}{"bare µs",10}{"ratio",8}{"goal",8}{"ours kB",10}{"bare kB",10}   CPU and allocations per operation, medians"));

    /// <summary>The ratio is the median of the rounds' own ratios: a round's two halves share the machine's mood.</summary>
    public static void Line(TextWriter output, string name, double goal, IReadOnlyList<(Sample Ours, Sample Bare)> rounds)
    {
        var ratio = Median(rounds.Select(r => r.Ours.Microseconds / r.Bare.Microseconds));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {name,-28}{Median(rounds.Select(r => r.Ours.Microseconds)),10:0}{Median(rounds.Select(r => r.Bare.Microseconds)),10:0}{ratio,8:0.00}{$"<={goal}",8}{Median(rounds.Select(r => r.Ours.Kilobytes)),10:0.0}{Median(rounds.Select(r => r.Bare.Kilobytes)),10:0.0}
            """));
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>What one operation took in a round: CPU of the process that served it, and what it allocated.</summary>
internal readonly record struct Sample(double Microseconds, double Kilobytes)
{
    public static Sample Of(TimeSpan cpu, long bytes, int operations) => new(cpu.TotalMicroseconds / operations, bytes / 1024.0 / operations);
}

/// <summary>A folder for everything a run makes; it goes with the run.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("agency-bench-").FullName;

    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(root, name)).FullName;

    public string Copy(string from, string name)
    {
        var to = Folder(name);
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        return to;
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
