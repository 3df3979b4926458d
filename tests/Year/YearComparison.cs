using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Year;

/// <summary>Everything that both hold, side by side, as each who may look sees it.</summary>
internal sealed class YearComparison(YearWorld world)
{
    private static readonly Comparer<Guid> ById = Comparer<Guid>.Create((left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));

    private YearModel Model => world.Model;

    private Story Story => world.Story;

    public async Task CompareAsync()
    {
        await CompareAccountsAsync();
        await CompareLedgersAsync();
        await CompareHoldsAsync();
        await CompareCasesAsync();
        await CompareReportsAsync();
        await CompareAssignmentsAsync();
        await ComparePointsAsync();
        await CompareOrdersAsync();
        await CompareSightsAsync();
    }

    private async Task CompareAccountsAsync() => Same(
        Model.Accounts.Select(a => $"{a.Number} {a.State} {a.Resolution} {a.Owed.Fees}/{a.Owed.Interest}/{a.Owed.Principal} {a.Cycle(Model.Today)}"),
        (await world.Bank.AllAccountsAsync()).Select(a =>
            $"{a.AccountNumber} {Word(a.State)} {(a.Resolution is { } r ? Word(r) : null)} {a.Balance.Fees.Amount}/{a.Balance.Interest.Amount}/{a.Balance.Principal.Amount} {a.Cycle}"));

    // The entries of an account come in the order they were posted, after the opening ones; so the model's learn their ids.
    private async Task CompareLedgersAsync()
    {
        var all = await world.Bank.LedgerEntries.ListAsync(pageSize: 1000).ToListAsync();
        var posted = all.Where(entry => entry.Kind != LedgerKind.Opening).ToLookup(entry => entry.AccountId);
        foreach (var account in Model.Accounts)
        {
            var real = posted[account.Id].ToList();
            Assert.Equal(account.Ledger.Select(entry => entry.ToString()), real.Select(e => $"{Word(e.Kind)} {Word(e.Bucket)} {e.Amount.Amount} {e.EffectiveOn:O}"));
            account.Ledger.Zip(real).ToList().ForEach(pair => pair.First.Id = pair.Second.Id);
        }

        var sums = all.ToLookup(entry => entry.AccountId);
        Assert.All(Model.Accounts, account => Assert.Equal(account.Owed, sums[account.Id].Sum()));
    }

    private async Task CompareHoldsAsync()
    {
        var real = (await world.Bank.Holds.ListAsync(pageSize: 1000).ToListAsync()).ToLookup(hold => hold.AccountId);
        foreach (var account in Model.Accounts)
        {
            Assert.Equal(
                account.Holds.Select(hold => $"{hold.Kind} by {hold.RaisedBy} at {hold.RaisedAt:O} lifted {hold.LiftedAt:O}"),
                real[account.Id].Select(hold => $"{Word(hold.Kind)} by {Word(hold.RaisedBy)} at {hold.RaisedAt:O} lifted {hold.LiftedAt:O}"));
            account.Holds.Zip(real[account.Id]).ToList().ForEach(pair => pair.First.Id = pair.Second.Id);
        }
    }

    private async Task CompareCasesAsync()
    {
        Same(Model.Cases.Select(c => Shown(c)), (await world.Bank.AllCasesAsync()).Select(Shown));
        foreach (var agency in Model.Agencies)
        {
            Same(Model.Cases.Where(c => c.IsOpen && c.Agency == agency).Select(c => Shown(c)), (await world.SideOf(agency).AllCasesAsync()).Select(Shown));
        }
    }

    // To author and bank for good, ended or not.
    private async Task CompareReportsAsync()
    {
        foreach (var (agency, side) in Sides)
        {
            bool IsShown(CaseModel c) => agency is null || c.Agency == agency;
            Same(
                Model.Accounts.SelectMany(account => account.Repayments).Where(r => IsShown(r.Case)).Select(r => $"{r.Id} {r.State} {r.Amount} {r.PaidOn:O}"),
                (await side.Repayments.ListAsync(pageSize: 1000).ToListAsync()).Select(r => $"{r.Id} {Word(r.State)} {r.Amount.Amount} {r.PaidOn:O}"));
            Same(
                Model.Accounts.SelectMany(account => account.Proposals).Where(p => IsShown(p.Case)).Select(p => $"{p.Id} {p.StateOn(Model.Today)} {p.Amount}"),
                (await side.SettlementProposals.ListAsync(pageSize: 1000).ToListAsync()).Select(p => $"{p.Id} {Word(p.State)} {p.Amount.Amount}"));
            Same(
                Model.Cases.Where(IsShown).SelectMany(c => c.Promises).Select(p => $"{p.Id} {p.State} {p.Amount} {p.DueOn:O}"),
                (await side.Promises.ListAsync(pageSize: 1000).ToListAsync()).Select(p => $"{p.Id} {Word(p.State)} {p.Amount.Amount} {p.DueOn:O}"));
            Same(
                Model.Cases.Where(IsShown).SelectMany(c => c.Contacts).Select(r => $"{r.Id} {YearPlayer.Word(r.Outcome!.Value)} {YearPlayer.Shown(r)} corrects {r.Supersedes?.Id} by {r.SupersededBy?.Id}"),
                (await side.ContactRecords.ListAsync(pageSize: 1000).ToListAsync()).Select(r => $"{r.Id} {Word(r.Outcome)} {YearPlayer.Shown(r)} corrects {r.Supersedes} by {r.SupersededBy}"));
        }
    }

    private async Task CompareAssignmentsAsync()
    {
        foreach (var (agency, side) in Sides)
        {
            Same(
                Model.Assignments.Where(a => agency is null || a.Agency == agency).Select(a => $"{a.Id} {a.State} {a.Accounts.Count} {a.Balance} under {a.AgreementVersion}"),
                (await side.Assignments.ListAsync(pageSize: 1000).ToListAsync()).Select(a => $"{a.Id} {Word(a.State)} {a.Accounts} {a.Balance.Total.Amount} under {a.AgreementVersion}"));
        }
    }

    // Where two agencies have cases of one debtor, each sees the bank's, its own finds and what was adopted; the bank sees all.
    private async Task ComparePointsAsync()
    {
        foreach (var debtor in Model.Accounts.Select(account => account.Debtor).Distinct().Where(debtor => debtor.Points.Exists(point => point.Marks.Count > 0 || point.Finder is not null)))
        {
            foreach (var c in debtor.Accounts.Select(account => account.Case).OfType<CaseModel>())
            {
                Same(debtor.Points.Select(Shown), (await world.Bank.ContactPoints.ListAsync(c.Id)).Items.Select(Shown));
                Same(debtor.Points.Where(point => point.IsKnownTo(c.Agency)).Select(Shown), (await world.SideOf(c.Agency).ContactPoints.ListAsync(c.Id)).Items.Select(Shown));
            }
        }
    }

    private async Task CompareOrdersAsync()
    {
        foreach (var (agency, side) in Sides)
        {
            var cases = Model.Cases.Where(c => agency is null || (c.Agency == agency && c.IsOpen)).ToList();
            await IsOrderedAsync(side, "balance", cases.Where(c => c.IsOpen), c => c.Account.Total, open: true);
            await IsOrderedAsync(side, "days_past_due", cases, c => -c.Account.OldestDueDate.DayNumber, idsFall: true);
            await IsOrderedAsync(side, "last_contact", cases.Where(c => c.IsOpen), c => (c.LastContactAt ?? DateTimeOffset.MinValue).UtcTicks, open: true);
            await IsOrderedAsync(side, "next_promise", cases.Where(c => c.IsOpen), c => (c.Promises.Find(p => p.State == "open")?.DueOn ?? DateOnly.MaxValue).DayNumber, open: true);
        }
    }

    private static async Task IsOrderedAsync(Side side, string sort, IEnumerable<CaseModel> cases, Func<CaseModel, long> key, bool idsFall = false, bool open = false)
    {
        var rising = idsFall
            ? cases.OrderBy(key).ThenByDescending(c => c.Id, ById).Select(c => c.Id).ToList()
            : [.. cases.OrderBy(key).ThenBy(c => c.Id, ById).Select(c => c.Id)];
        var state = open ? "open" : null;
        Assert.Equal(rising, (await side.Cases.ListAsync(sort: sort, state: state, pageSize: 1000).ToListAsync()).Select(c => c.Id));
        Assert.Equal(Enumerable.Reverse(rising), (await side.Cases.ListAsync(sort: $"-{sort}", state: state, pageSize: 1000).ToListAsync()).Select(c => c.Id));
    }

    private async Task CompareSightsAsync()
    {
        foreach (var person in world.Swift.People)
        {
            var side = Story.Service.As(person.Email);
            var seen = Model.Cases.Where(c => c.Agency == world.Swift && person.Sees(c)).ToList();
            Same(seen.Where(c => c.IsOpen).Select(c => Shown(c)), (await side.AllCasesAsync()).Select(Shown));
            Same(seen.Where(c => c.IsOpen).Select(c => c.Account.Number), (await side.AllAccountsAsync()).Select(account => account.AccountNumber));
            Same(
                seen.SelectMany(c => c.Promises).Select(p => p.Id.ToString()),
                (await side.Promises.ListAsync(pageSize: 1000).ToListAsync()).Select(p => p.Id.ToString()));
            Same(
                seen.SelectMany(c => c.Contacts).Select(r => r.Id.ToString()),
                (await side.ContactRecords.ListAsync(pageSize: 1000).ToListAsync()).Select(r => r.Id.ToString()));
        }
    }

    private IEnumerable<(AgencyModel? Agency, Side Side)> Sides => [(null, world.Bank), .. Model.Agencies.Select(agency => ((AgencyModel?)agency, world.SideOf(agency)))];

    // What moves while a case is open is compared while it is.
    private static string Shown(CaseModel c) => c.IsOpen
        ? $"{c.Id} {c.Account.Number} {c.State} on {c.RecallOn:O} {c.RecallReason} to {c.ExtendedTo:O} asks {c.Asks} by {c.Collector?.Id} of {c.Team?.Id} as {c.Reference} holds {string.Join(' ', c.Account.Standing.Select(hold => hold.Kind))} last {c.LastContactAt:O} next {c.Promises.Find(p => p.State == "open")?.DueOn:O}"
        : $"{c.Id} {c.Account.Number} {c.State} {c.EndReason} at {c.EndedAt:O}";

    private static string Shown(Case c) => c.EndedAt is null
        ? $"{c.Id} {c.Account.AccountNumber} {Word(c.State)} on {c.RecallOn:O} {(c.RecallReason is { } reason ? Word(reason) : null)} to {c.ExtendedTo:O} asks {(c.OpenMotion is null ? null : Word(c.OpenMotion.Kind))} by {c.CollectorId} of {c.TeamId} as {c.AgencyReference} holds {string.Join(' ', c.Holds.Select(hold => Word(hold.Kind)))} last {c.LastContactAt:O} next {c.NextPromiseOn:O}"
        : $"{c.Id} {c.Account.AccountNumber} {Word(c.State)} {c.EndReason} at {c.EndedAt:O}";

    private static string Shown(PointModel point) => $"{point.Id} {Word(point.Kind)} {Word(point.Status)} {Word(point.ConsentAt(DateTimeOffset.MaxValue))} {Word(point.Party)} adopted {point.Adopted}";

    private static string Shown(ContactPoint point) => $"{point.Id} {Word(point.Kind)} {Word(point.Status)} {Word(point.Consent)} {Word(point.Party)} adopted {point.Adopted}";

    private static void Same(IEnumerable<string> model, IEnumerable<string> service) => Assert.Equal(model.Order(StringComparer.Ordinal).ToList(), service.Order(StringComparer.Ordinal).ToList());

    private static string Word<T>(T value)
        where T : struct, IOpenEnum => YearPlayer.Word(value);
}
