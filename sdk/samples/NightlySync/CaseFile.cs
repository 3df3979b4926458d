using Agency.Sdk;

namespace Agency.Samples;

/// <summary><c>cases.csv</c>, a line a case, and beside it the position in the events up to which it is true.</summary>
internal sealed class CaseFile(AgencyClient agency, string folder)
{
    private const string Header = "case_id,account_number,state,days_past_due,owed,currency";
    private readonly string cases = Path.Combine(folder, "cases.csv");
    private readonly string position = Path.Combine(folder, "position.txt");

    /// <summary>Reads the cases that something happened to since last time.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> CatchUpAsync()
    {
        var lines = File.Exists(cases) ? File.ReadLines(cases).Skip(1).ToDictionary(line => Guid.Parse(line.Split(',')[0])) : [];
        var (changed, reached) = await ChangedAsync(File.Exists(position) ? await File.ReadAllTextAsync(position) : "start");
        foreach (var id in changed)
        {
            try
            {
                var @case = await agency.Cases.GetAsync(id);
                var owed = @case.Account.Balance.Total;
                lines[id] = $"{id},{@case.Account.AccountNumber},{@case.State},{@case.Account.DaysPastDue},{owed.Amount},{owed.Currency}";
            }
            catch (AgencyNotFoundException)
            {
                // It was recalled: the agency has nothing to do with it any more.
                lines.Remove(id);
            }
        }

        // The position last: whoever is stopped between the two reads a few cases again.
        await ReplaceAsync(cases, string.Join('\n', [Header, .. lines.Values]) + "\n");
        await ReplaceAsync(position, reached);
        return changed.Count;
    }

    private async Task<(HashSet<Guid> Cases, string Position)> ChangedAsync(string from)
    {
        HashSet<Guid> changed = [];
        while (true)
        {
            var page = await agency.Events.ListPageAsync(limit: 1000, changedAfter: from);
            changed.UnionWith(page.Items.Select(e => e.CaseId).OfType<Guid>());
            if (page.ChangedAfter is not { } next || next == from)
            {
                return (changed, from);
            }

            from = next;
        }
    }

    // At once, so that no half of a file is ever left.
    private static async Task ReplaceAsync(string path, string text)
    {
        await File.WriteAllTextAsync(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
