using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactPoints;

public sealed class CreateTests
{
    private static readonly RevealReason Reason = new() { Reason = "The debtor asked to be called back" };

    [Fact]
    public async Task What_an_agency_finds_is_seen_by_it_and_by_the_bank_alone()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;

        var found = await story.Swift.ContactPoints.CreateAsync(
            debtor.Swifts.Id,
            new NewContactPoint { Kind = ContactPointKind.Phone, Value = "010-0000 1234", Party = Party.RelatedContact, HolderName = "Example Sister", Consent = Consent.Given });

        Assert.Equal(("+86********34", ContactPointStatus.Unverified, Party.RelatedContact, "E*************"), (found.Value, found.Status, found.Party, found.Holder));
        Assert.Equal((ContactPointSource.Agency, Consent.Given, false, true, null), (found.Source, found.Consent, found.Adopted, found.FoundByUs, found.AgencyId));
        Assert.EquivalentWithExclusions(found, await story.Swift.ContactPoints.GetAsync(found.Id), strict: true, "RawAnswer", "ETag");
        var atBank = await story.Harbour.ContactPoints.GetAsync(found.Id);
        Assert.Equal((found.Value, null, await story.Harbour.AgencyIdAsync("swift")), (atBank.Value, atBank.FoundByUs, atBank.AgencyId!.Value));
        Assert.Contains(found.Id, await OneDebtor.SeenAsync(story.Swift, debtor.Swifts));
        Assert.Contains(found.Id, await OneDebtor.SeenAsync(story.Harbour, debtor.Lanterns));

        Assert.DoesNotContain(found.Id, await OneDebtor.SeenAsync(story.Lantern, debtor.Lanterns));
        foreach (var other in new[] { story.Lantern, story.Summit })
        {
            await story.HidesAsync("contact_point.not_found", found.Id, id => other.ContactPoints.GetAsync(id));
        }

        await story.HidesAsync("case.not_found", debtor.Swifts.Id, id => story.Lantern.ContactPoints.CreateAsync(id, new NewContactPoint { Kind = ContactPointKind.Phone, Value = "10000000002" }));
    }

    [Fact]
    public async Task What_the_bank_adds_once_a_case_has_ended_its_agency_is_not_told()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RecallAsync();

        await story.Harbour.ContactPoints.CreateAsync(story.Case.Id, new NewContactPoint { Kind = ContactPointKind.Phone, Value = "010-0000 1234" });

        Assert.Contains("contact_point.added", (await story.Harbour.Events.ListPageAsync(1000)).Items.Select(e => e.Type));
        Assert.DoesNotContain("contact_point.added", (await story.Swift.Events.ListPageAsync(1000)).Items.Select(e => e.Type));
    }

    [Fact]
    public async Task Its_value_and_holder_are_stored_encrypted_and_revealed_to_who_sees_it()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;
        await story.Swift.ContactPoints.CreateAsync(
            debtor.Swifts.Id, new NewContactPoint { Kind = ContactPointKind.Email, Value = "Sister@Example.test", Party = Party.RelatedContact, HolderName = "Example Sister" });

        var swifts = (await story.Swift.Cases.RevealAsync(debtor.Swifts.Id, Reason)).ContactPoints;
        Assert.Contains(swifts, point => point is { Value: "sister@example.test", Holder: "Example Sister" });
        Assert.Contains((await story.Harbour.Cases.RevealAsync(debtor.Lanterns.Id, Reason)).ContactPoints, point => point.Value == "sister@example.test");
        Assert.Equal(OneDebtor.Phone, Assert.Single((await story.Lantern.Cases.RevealAsync(debtor.Lanterns.Id, Reason)).ContactPoints).Value);
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_contact_point WHERE CAST(value_cipher AS TEXT) LIKE '%sister%' OR CAST(holder_cipher AS TEXT) LIKE '%Sister%'"));
    }

    [Fact]
    public async Task The_find_ends_with_the_case_for_its_finder_and_stays_for_the_bank()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;
        var found = await debtor.SwiftFindsAsync();

        await story.RecallAsync(debtor.Swifts);

        await story.HidesAsync("contact_point.not_found", found.Id, id => story.Swift.ContactPoints.GetAsync(id));
        Assert.Equal(found.Id, (await story.Harbour.ContactPoints.GetAsync(found.Id)).Id);
    }

    [Fact]
    public async Task What_the_caller_knows_is_not_added_twice_however_it_is_written()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;
        await debtor.SwiftFindsAsync("100 0000 0001");

        await story.RefusesAsync(409, "contact_point.known", () => debtor.SwiftFindsAsync("+86-100-0000-0001"));
        await story.RefusesAsync(409, "contact_point.known", () => debtor.SwiftFindsAsync(OneDebtor.Phone));
        await story.RefusesAsync(409, "contact_point.known", () => story.Harbour.ContactPoints.CreateAsync(debtor.Lanterns.Id, new NewContactPoint { Kind = ContactPointKind.Phone, Value = "10000000001" }));
    }

    [Fact]
    public async Task That_another_agency_found_the_same_is_not_told()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var first = await debtor.SwiftFindsAsync();

        var second = await debtor.LanternFindsAsync();

        Assert.NotEqual(first.Id, second.Id);
        Assert.True(second.FoundByUs);
    }

    [Fact]
    public async Task What_the_bank_adds_every_agency_of_the_debtor_sees()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;

        var added = await story.Harbour.ContactPoints.CreateAsync(debtor.Swifts.Id, new NewContactPoint { Kind = ContactPointKind.Address, Value = "1 Nowhere Road, Exampleville" });

        Assert.Equal((ContactPointSource.Bank, null, null), (added.Source, added.FoundByUs, added.AgencyId));
        Assert.Contains(added.Id, await OneDebtor.SeenAsync(story.Swift, debtor.Swifts));
        Assert.Contains(added.Id, await OneDebtor.SeenAsync(story.Lantern, debtor.Lanterns));
        Assert.False((await story.Lantern.ContactPoints.GetAsync(added.Id)).FoundByUs);
    }

    [Fact]
    public async Task A_number_that_an_agency_found_and_the_bank_imports_is_the_banks_own()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;
        var found = await debtor.SwiftFindsAsync("10000000001");

        await story.Harbour.ImportAsync(debtor.Portfolio, """
            account_number,debtor_reference,debtor_name,phone,principal,oldest_due_date
            B-3,D-1,Example Debtor,10000000001,1000,2026-01-01
            B-4,D-1,Example Debtor,10000000001,1000,2026-01-01
            """, story.Today);

        var lanterns = (await story.Lantern.ContactPoints.ListAsync(debtor.Lanterns.Id)).Items;
        Assert.Equal(2, lanterns.Count);
        Assert.All(lanterns, point => Assert.Equal((ContactPointSource.Bank, Party.Debtor, Consent.Unknown), (point.Source, point.Party, point.Consent)));
        Assert.Equal(3, (await OneDebtor.SeenAsync(story.Swift, debtor.Swifts)).Count);
        Assert.False((await story.Harbour.ContactPoints.GetAsync(found.Id)).Adopted);
    }

    [Fact]
    public async Task The_same_key_adds_once()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();

        await debtor.Story.ActsOnceAsync(key => debtor.SwiftFindsAsync(key: key));

        Assert.Equal("1", debtor.Story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'contact_point.added'"));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;
        var approver = new Side(story.Service.ForPerson("approver@harbour.example"));

        await story.RefusesAsync(422, "contact_point.value_invalid", () => debtor.SwiftFindsAsync("12"));
        await story.RefusesAsync(422, "contact_point.value_invalid", () => AddAsync(new NewContactPoint { Kind = ContactPointKind.Email, Value = "nobody" }));
        await story.RefusesAsync(422, "contact_point.value_invalid", () => AddAsync(new NewContactPoint { Kind = ContactPointKind.Address, Value = "1 Road\0" }));
        await story.RefusesAsync(422, "request.invalid", () => AddAsync(new NewContactPoint { Kind = ContactPointKind.Address, Value = " " }));
        await story.RefusesAsync(422, "request.invalid", () => AddAsync(new NewContactPoint { Kind = ContactPointKind.Email, Value = "a@example.test", HolderName = "Example Debtor" }));
        await story.RefusesAsync(403, "auth.missing_scope", () => approver.ContactPoints.CreateAsync(debtor.Swifts.Id, new NewContactPoint { Kind = ContactPointKind.Email, Value = "a@example.test" }));

        Task AddAsync(NewContactPoint point) => story.Swift.ContactPoints.CreateAsync(debtor.Swifts.Id, point, CallOptions.WithKey("key"));
    }
}
