using System.Globalization;
using System.Text.Json;
using Agency.Sdk;
using Agency.Tests.Support;
using Agency.Tests.Webhooks;

namespace Agency.Tests.Year;

/// <summary>
/// One side following along, as a nightly sync does: the stream of events, every list's <c>changed_after</c>, and webhooks. What it has
/// gathered must be what the model says this side was to be told.
/// </summary>
internal sealed class YearFollower(YearWorld world, AgencyModel? agency, Side side, Receiver receiver)
{
    private readonly Dictionary<string, string> places = new(StringComparer.Ordinal);
    private readonly List<PublishedEvent> events = [];
    private readonly Dictionary<Guid, string> contacts = [];
    private readonly Dictionary<Guid, string> promises = [];
    private readonly Dictionary<Guid, string> repayments = [];
    private readonly Dictionary<Guid, string> proposals = [];
    private readonly Dictionary<Guid, string> cases = [];
    private readonly Dictionary<Guid, string> entries = [];
    private readonly Dictionary<Guid, string> holds = [];

    private YearModel Model => world.Model;

    private IEnumerable<ToldModel> Told => Model.Told.Where(told => agency is null || told.Agency == agency);

    private bool IsBank => agency is null;

    /// <summary>Reads what came since the last time, everywhere.</summary>
    public async Task ReadAsync()
    {
        await AllAsync("events", place => side.Events.ListPageAsync(1000, changedAfter: place), page => (page.Items, page.ChangedAfter), events.Add);
        await AllAsync("contacts", place => side.ContactRecords.ListPageAsync(1000, changedAfter: place), page => (page.Items, page.ChangedAfter), r => contacts[r.Id] = YearPlayer.Shown(r));
        await AllAsync("promises", place => side.Promises.ListPageAsync(1000, changedAfter: place), page => (page.Items, page.ChangedAfter), p => promises[p.Id] = $"{YearPlayer.Word(p.State)} {p.Amount.Amount} {p.DueOn:O}");
        await AllAsync("repayments", place => side.Repayments.ListPageAsync(1000, changedAfter: place), page => (page.Items, page.ChangedAfter), r => repayments[r.Id] = $"{YearPlayer.Word(r.State)} {r.Amount.Amount}");
        await AllAsync("proposals", place => side.SettlementProposals.ListPageAsync(1000, changedAfter: place), page => (page.Items, page.ChangedAfter), p => proposals[p.Id] = $"{p.Amount.Amount} {p.PayBy:O}");
        await AllAsync("cases", place => side.Cases.ListPageAsync(1000, changedAfter: place), page => (page.Items, page.ChangedAfter), c => cases[c.Id] = Shown(c));
        await AllAsync("entries", place => side.LedgerEntries.ListPageAsync(1000, changedAfter: place), page => (page.Items, page.ChangedAfter), e => entries[e.Id] = $"{YearPlayer.Word(e.Kind)} {YearPlayer.Word(e.Bucket)} {e.Amount.Amount} {e.EffectiveOn:O}");
        await AllAsync("holds", place => side.Holds.ListPageAsync(1000, changedAfter: place), page => (page.Items, page.ChangedAfter), h => holds[h.Id] = $"{YearPlayer.Word(h.Kind)} {h.LiftedAt is null}");
    }

    /// <summary>Compares what was gathered over the year; the model's things have their ids.</summary>
    public void Compare()
    {
        Assert.Equal(Expected().ToList(), Ordered(events.Select(e => (e.OccurredAt, $"{e.Type} {e.Subject.Id} in {e.CaseId}", Key(e)))));
        Equal(Told.Select(told => told.Subject).OfType<ContactModel>(), YearPlayer.Shown, contacts);
        Equal(Told.Select(told => told.Subject).OfType<RepaymentModel>(), r => $"{r.State} {r.Amount}", repayments);
        Equal(Told.Select(told => told.Subject).OfType<ProposalModel>(), p => $"{p.Amount} {p.PayBy:O}", proposals);
        ComparePromises();
        CompareCases();
        if (IsBank)
        {
            Equal(Told.Select(told => told.Subject).OfType<EntryModel>(), e => e.ToString(), entries);
            Equal(Told.Select(told => told.Subject).OfType<HoldModel>(), h => $"{h.Kind} {h.LiftedAt is null}", holds);
        }
        else
        {
            // What it was told of an account of whose case it has lost sight since may have been gone when it asked.
            Assert.Subset(Told.Where(told => told.Subject is EntryModel).Select(told => told.Subject.Id).ToHashSet(), entries.Keys.ToHashSet());
            Assert.Subset(Told.Where(told => told.Subject is HoldModel).Select(told => told.Subject.Id).ToHashSet(), holds.Keys.ToHashSet());
            Assert.Subset(entries.Keys.ToHashSet(), Told.Where(told => told.Subject is EntryModel && told.Case!.IsOpen).Select(told => told.Subject.Id).ToHashSet());
        }
    }

    /// <summary>What arrived by webhook: each event, none missing, and those of one account in the order in which they happened.</summary>
    public void CompareDeliveries()
    {
        var position = events.Index().ToDictionary(e => e.Item.Id, e => e.Index);
        var arrived = receiver.Messages.DistinctBy(message => message.Id, StringComparer.Ordinal).Select(message => JsonDocument.Parse(message.Body).RootElement.GetProperty("data").GetProperty("eventId").GetGuid()).ToList();
        Assert.Equal(position.Keys.Order(), arrived.Order());
        foreach (var ofAccount in arrived.GroupBy(id => events[position[id]].AccountId ?? events[position[id]].Subject.Id))
        {
            var order = ofAccount.Select(id => position[id]).ToList();
            Assert.Equal(order.Order(), order);
        }
    }

    // Each account's events in their order; of one instant, which is one deed, in any.
    private IEnumerable<string> Expected() => Ordered(Told.Select(told => (told.At, $"{told.Type} {told.Subject.Id} in {told.Case?.Id}", Key(told))));

    private static List<string> Ordered(IEnumerable<(DateTimeOffset At, string What, Guid Key)> all) =>
    [
        .. all.GroupBy(one => one.Key).OrderBy(group => group.Key)
            .SelectMany(group => Rising(group).OrderBy(one => one.At).ThenBy(one => one.What, StringComparer.Ordinal))
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key} {one.At:yyyy-MM-ddTHH:mm:ss} {one.What}")),
    ];

    private static List<(DateTimeOffset At, string What, Guid Key)> Rising(IEnumerable<(DateTimeOffset At, string What, Guid Key)> group)
    {
        var list = group.ToList();
        Assert.All(list.Zip(list.Skip(1)), pair => Assert.True(pair.First.At <= pair.Second.At, $"{pair.Second.What} came after {pair.First.What}, which was later."));
        return list;
    }

    // Of a case that has ended an agency is told the id alone.
    private Guid Key(ToldModel told) => told is { Type: "case.ended" } && !IsBank ? told.Subject.Id : told.Account?.Id ?? told.Subject.Id;

    private static Guid Key(PublishedEvent e) => e.AccountId ?? e.Subject.Id;

    private void ComparePromises() => Equal(
        Told.Select(told => told.Subject).OfType<PromiseModel>(),
        p => $"{p.State} {p.Amount} {p.DueOn:O}",
        promises.ToDictionary(p => p.Key, p => p.Value.StartsWith("open ", StringComparison.Ordinal) && HasEnded(p.Key) ? $"lapsed{p.Value["open".Length..]}" : p.Value));

    // That a promise lapsed is told by its case's end.
    private bool HasEnded(Guid promise) => Model.Cases.First(c => c.Promises.Exists(one => one.Id == promise)).EndedAt is not null;

    private void CompareCases()
    {
        var known = Model.Cases.Where(c => IsBank || (c.Agency == agency && c.IsOpen)).ToDictionary(c => c.Id, Shown);
        Assert.Equal(Lines(known), Lines(cases.Where(c => IsBank || known.ContainsKey(c.Key))));
    }

    private static string Shown(Case c) => $"{c.Account.AccountNumber} {YearPlayer.Word(c.State)} {c.EndReason} on {c.RecallOn:O} to {c.ExtendedTo:O} by {c.CollectorId} of {c.TeamId} as {c.AgencyReference}";

    private static string Shown(CaseModel c) => $"{c.Account.Number} {c.State} {c.EndReason} on {c.RecallOn:O} to {c.ExtendedTo:O} by {c.Collector?.Id} of {c.Team?.Id} as {c.Reference}";

    private static void Equal<T>(IEnumerable<T> told, Func<T, string?> shown, Dictionary<Guid, string> gathered)
        where T : Thing => Assert.Equal(Lines(told.DistinctBy(thing => thing.Id).Select(thing => KeyValuePair.Create(thing.Id, shown(thing)!))), Lines(gathered));

    private static IEnumerable<string> Lines(IEnumerable<KeyValuePair<Guid, string>> things) => things.Select(thing => $"{thing.Key} {thing.Value}").Order(StringComparer.Ordinal).ToList();

    private async Task AllAsync<TPage, T>(string list, Func<string, Task<TPage>> read, Func<TPage, (IReadOnlyList<T> Items, string? Place)> open, Action<T> take)
    {
        string before;
        do
        {
            before = places.GetValueOrDefault(list, "start");
            var (items, place) = open(await read(before));
            items.ToList().ForEach(take);
            places[list] = place!;
        }
        while (places[list] != before);
    }
}
