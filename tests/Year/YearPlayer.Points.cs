using Agency.Sdk;

namespace Agency.Tests.Year;

/// <content>Contact points: added by both, adopted, marked.</content>
internal sealed partial class YearPlayer
{
    private static readonly ContactPointKind[] PointKinds = [ContactPointKind.Phone, ContactPointKind.Phone, ContactPointKind.Email];

    private (string, int, Func<Task>)[] OfPoints =>
    [
        ("find contact point", 10, () => AddPointAsync("find contact point", byBank: false)),
        ("add contact point", 8, () => AddPointAsync("add contact point", byBank: true)),
        ("adopt contact point", 8, AdoptAsync),
        ("mark contact point", 22, MarkAsync),
    ];

    // Few values a debtor, so that two sides find the same.
    private Task AddPointAsync(string name, bool byBank) => OnCaseAsync(c => c.IsOpen, async c =>
    {
        var (kind, party, consent) = (Any(PointKinds), PartyOf(null), Any(Consent.Known));
        var last = $"{c.Account.Debtor.Reference[2..].PadLeft(3, '0')}{random.Next(4)}";
        var value = Chance(6) ? null : kind == ContactPointKind.Phone ? $"+861390000{last}" : $"found{last}@example.test";
        var expected = model.AddPoint(c, byBank, kind, value, party, consent, out var made);
        var added = await BothAsync(name, expected, () => (byBank ? world.Bank : SideOf(c)).ContactPoints.CreateAsync(c.Id, new NewContactPoint
        {
            Kind = kind,
            Value = value ?? "nowhere",
            Party = party,
            HolderName = party == Party.Debtor ? null : "Example Holder",
            Consent = consent,
        }));
        made?.Id = added!.Id;
    });

    private async Task AdoptAsync()
    {
        if (Pick(KnownPoints, point => point is { Finder: not null, Adopted: false }) is { } point)
        {
            await BothAsync("adopt contact point", model.Adopt(point), () => world.Bank.ContactPoints.AdoptAsync(point.Id));
        }
    }

    private async Task MarkAsync()
    {
        var by = Chance(35) ? null : Any(model.Agencies);
        if (Pick(KnownPoints, point => by is null || (point.IsKnownTo(by) && point.Debtor.OpenCasesOf(by).Any())) is { } point)
        {
            var mark = Any(Mark.Known);
            await BothAsync("mark contact point", model.MarkPoint(point, mark, by), () => (by is null ? world.Bank : world.SideOf(by)).ContactPoints.MarkAsync(point.Id, new NewContactPointMark { Mark = mark }));
        }
    }

    private IEnumerable<PointModel> KnownPoints => model.Accounts.Select(account => account.Debtor).Distinct().SelectMany(debtor => debtor.Points).Where(point => point.Id != default);
}
