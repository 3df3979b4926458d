using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Year;

/// <summary>Does every deed twice, through the API and on the model, and compares the two answers.</summary>
internal sealed partial class YearPlayer
{
    private readonly YearWorld world;
    private readonly YearModel model;
    private readonly Random random;
    private readonly int seed;
    private readonly (string Kind, int Weight, Func<Task> Play)[] kinds;

    private int deed;

    public YearPlayer(YearWorld world, int seed)
    {
        (this.world, model, this.seed, random) = (world, world.Model, seed, new Random(seed));
        kinds = [.. OfAssignments, .. OfCases, .. OfContacts, .. OfPoints, .. OfArrangements, .. OfMoney, .. OfDesks];
    }

    /// <summary>How often each kind of deed was done and how often it was refused; every kind there is has its line.</summary>
    public SortedDictionary<string, (int Done, int Refused)> Deeds { get; } = new(StringComparer.Ordinal);

    /// <summary>Deeds of any kind, a second apart.</summary>
    public async Task PlayAsync(int deeds)
    {
        for (var i = 0; i < deeds; i++)
        {
            world.ClockAt(model.Now.AddSeconds(1));
            deed++;
            await Chosen().Play();
        }
    }

    /// <summary>The kinds that were never done, or never refused.</summary>
    public IEnumerable<string> OneSided => kinds.Select(kind => kind.Kind).Where(kind => Deeds.GetValueOrDefault(kind) is { Done: 0 } or { Refused: 0 });

    private (string Kind, int Weight, Func<Task> Play) Chosen()
    {
        var ticket = random.Next(kinds.Sum(kind => kind.Weight));
        return kinds.First(kind => (ticket -= kind.Weight) < 0);
    }

    private async Task<T?> BothAsync<T>(string kind, string? expected, Func<Task<T>> call)
        where T : class
    {
        T? answer = null;
        string? code = null;
        try
        {
            answer = await call();
        }
        catch (AgencyException refusal)
        {
            code = refusal.Code;
        }

        Count(kind, code is null);
        Assert.True(code == expected, $"{Place(kind)}: the model says {expected ?? "done"}, the service {code ?? "done"}.");
        return answer;
    }

    private void Count(string kind, bool isDone)
    {
        var (done, refused) = Deeds.GetValueOrDefault(kind);
        Deeds[kind] = isDone ? (done + 1, refused) : (done, refused + 1);
    }

    /// <summary>Where in the year this is, for who wants to play it again.</summary>
    private string Place(string kind) => string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, {model.Today:yyyy-MM-dd}, deed {deed}, {kind}");

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Any<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    /// <summary>Mostly one for which the deed is right; now and then any, for which it may be refused.</summary>
    private T? Pick<T>(IEnumerable<T> all, Func<T, bool> right)
        where T : class
    {
        var list = all.ToList();
        var fitting = list.Where(right).ToList();
        return fitting.Count > 0 && Chance(85) ? Any(fitting) : list.Count > 0 ? Any(list) : null;
    }

    private Task OnCaseAsync(Func<CaseModel, bool> right, Func<CaseModel, Task> play) => Pick(model.Cases, right) is { } c ? play(c) : Task.CompletedTask;

    private Side SideOf(CaseModel c) => world.SideOf(c.Agency);

    internal static string Word<T>(T value)
        where T : struct, IOpenEnum => value.Value;
}
