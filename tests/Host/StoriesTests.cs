using System.Globalization;

namespace Agency.Tests.Host;

/// <summary>The example data tells half a year that could have been: at hours when people work, in an order that makes sense.</summary>
public sealed class StoriesTests(SeededFolder seeded) : IClassFixture<SeededFolder>
{
    [Fact]
    public void Nothing_happened_at_night_and_no_contact_broke_a_rule()
    {
        using var rig = HostRig.CopyOf(seeded.Folder);

        Assert.Equal("0", rig.Scalar("SELECT COUNT(*) FROM base_contact_record WHERE breaches IS NOT NULL"));
        Assert.Equal("0", rig.Scalar("SELECT COUNT(*) FROM base_contact_record WHERE time(occurred_at, '+8 hours') NOT BETWEEN '09:00' AND '20:00'"));
        Assert.Equal("0", rig.Scalar("SELECT COUNT(*) FROM base_event WHERE julianday(occurred_at) > julianday('now')"));
    }

    [Fact]
    public void It_spans_half_a_year()
    {
        using var rig = HostRig.CopyOf(seeded.Folder);

        Assert.InRange(double.Parse(rig.Scalar("SELECT julianday(MAX(occurred_at)) - julianday(MIN(occurred_at)) FROM base_event")!, CultureInfo.InvariantCulture), 181, 183);
        Assert.True(int.Parse(rig.Scalar("SELECT COUNT(DISTINCT substr(occurred_at, 1, 7)) FROM base_event")!, CultureInfo.InvariantCulture) >= 6);
    }

    [Theory]
    [InlineData("HARBOUR-00302", "placed", "active", "")]
    [InlineData("HARBOUR-00304", "placed", "active", "")]
    [InlineData("HARBOUR-00306", "placed", "active", "dispute")]
    [InlineData("HARBOUR-00308", "eligible", "recalled complaint", "complaint")]
    [InlineData("HARBOUR-00310", "resolved settled_in_full", "closed settled_in_full", "")]
    [InlineData("HARBOUR-00312", "placed", "active", "plan_active")]
    public void Each_story_has_come_to_its_end(string account, string accountState, string caseState, string holds)
    {
        using var rig = HostRig.CopyOf(seeded.Folder);
        string Of(string what) => rig.Scalar($"SELECT {what} FROM base_account AS a WHERE a.account_number = '{account}'") ?? "";

        Assert.Equal(accountState, Of("a.state || COALESCE(' ' || a.resolution, '')"));
        Assert.Equal(caseState, Of("(SELECT c.state || COALESCE(' ' || c.end_reason, '') FROM base_case AS c WHERE c.bank_id = a.bank_id AND c.account_id = a.id)"));
        Assert.Equal(holds, Of("(SELECT group_concat(h.kind) FROM base_hold AS h WHERE h.bank_id = a.bank_id AND h.account_id = a.id AND h.lifted_at IS NULL)"));
    }
}
