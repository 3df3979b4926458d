using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactPoints;

public sealed class AdoptTests
{
    [Fact]
    public async Task What_the_bank_adopts_every_agency_of_the_debtor_sees()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;
        var found = await debtor.SwiftFindsAsync();
        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));

        var adopted = await story.Harbour.ContactPoints.AdoptAsync(found.Id);

        Assert.Equal((true, TestDatabase.Start.AddMinutes(1)), (adopted.Adopted, adopted.ChangedAt));
        Assert.Contains(found.Id, await OneDebtor.SeenAsync(story.Lantern, debtor.Lanterns));
        var seen = await story.Lantern.ContactPoints.GetAsync(found.Id);
        Assert.Equal((ContactPointSource.Agency, true, false, null), (seen.Source, seen.Adopted, seen.FoundByUs, seen.AgencyId));
        await story.RefusesAsync(409, "contact_point.known", () => debtor.LanternFindsAsync());

        await story.RecallAsync(debtor.Swifts);
        Assert.Equal(found.Id, (await story.Lantern.ContactPoints.GetAsync(found.Id)).Id);
    }

    [Fact]
    public async Task Of_two_finds_of_the_same_one_is_adopted()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;
        var (first, second) = (await debtor.SwiftFindsAsync(), await debtor.LanternFindsAsync());
        await story.Harbour.ContactPoints.AdoptAsync(first.Id);

        await story.RefusesAsync(409, "contact_point.is_adopted", () => story.Harbour.ContactPoints.AdoptAsync(first.Id));
        await story.RefusesAsync(409, "contact_point.known", () => story.Harbour.ContactPoints.AdoptAsync(second.Id));
    }

    [Fact]
    public async Task There_is_nothing_to_adopt_of_the_banks_own()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var own = Assert.Single((await debtor.Story.Harbour.ContactPoints.ListAsync(debtor.Swifts.Id)).Items);

        await debtor.Story.RefusesAsync(409, "contact_point.is_own", () => debtor.Story.Harbour.ContactPoints.AdoptAsync(own.Id));
    }

    [Fact]
    public async Task It_is_the_banks_to_do_and_once()
    {
        await using var debtor = await OneDebtor.WithTwoAgenciesAsync();
        var story = debtor.Story;
        var found = await debtor.SwiftFindsAsync();

        await story.HidesAsync("contact_point.not_found", found.Id, id => story.Summit.ContactPoints.AdoptAsync(id));
        await story.RefusesAsync(403, "auth.wrong_tenant_kind", () => story.Swift.ContactPoints.AdoptAsync(found.Id));
        await story.ActsOnceAsync(key => story.Harbour.ContactPoints.AdoptAsync(found.Id, CallOptions.WithKey(key)));
    }
}
