using System.Text.Json;
using Agency.Api.Accounts;
using Agency.Api.Http;

namespace Agency.Api.Assignments;

/// <summary>How much of an assignment is how long overdue.</summary>
/// <param name="Cycle">M0 to M6, M7+.</param>
/// <param name="Accounts">How many accounts.</param>
/// <param name="Total">What was owed on them when they were assigned.</param>
public sealed record DaysPastDueShare(string Cycle, int Accounts, Money Total);

/// <summary>What an assignment comes to, added up as its accounts are taken in.</summary>
internal sealed class Figures
{
    private readonly SortedDictionary<int, Share> mix = [];

    public int Accounts { get; private set; }

    public long Principal { get; private set; }

    public long Interest { get; private set; }

    public long Fees { get; private set; }

    public int Skipped { get; set; }

    /// <summary>The mix as it is stored.</summary>
    public string Mix => JsonSerializer.Serialize(mix.Values, Json.Options);

    /// <summary>Figures to add to, as they were stored.</summary>
    public static Figures Of(int accounts, long principal, long interest, long fees, string mix, int skipped)
    {
        var figures = new Figures { Accounts = accounts, Principal = principal, Interest = interest, Fees = fees, Skipped = skipped };
        foreach (var share in Read(mix))
        {
            figures.mix[share.Cycle] = share;
        }

        return figures;
    }

    public static IReadOnlyList<DaysPastDueShare> Shares(string mix, string currency) =>
        [.. Read(mix).Select(share => new DaysPastDueShare(DaysPastDue.CycleName(share.Cycle), share.Accounts, new Money(share.Total, currency)))];

    /// <summary>Takes in an account of the slice: it counts, or it is left out.</summary>
    public void Add(SliceRow row, DateOnly today)
    {
        if (row.Reason is not null)
        {
            Skipped++;
            return;
        }

        checked
        {
            Accounts++;
            Principal += row.Principal;
            Interest += row.Interest;
            Fees += row.Fees;
            var cycle = DaysPastDue.CycleNumber(DaysPastDue.On(row.OldestDueDate, today));
            var share = mix.GetValueOrDefault(cycle) ?? new Share(cycle, 0, 0);
            mix[cycle] = new Share(cycle, share.Accounts + 1, share.Total + row.Principal + row.Interest + row.Fees);
        }
    }

    private static List<Share> Read(string mix) => JsonSerializer.Deserialize<List<Share>>(mix, Json.Options) ?? [];

    private sealed record Share(int Cycle, int Accounts, long Total);
}
