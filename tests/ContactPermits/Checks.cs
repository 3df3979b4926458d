using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.ContactPermits;

/// <summary>What these tests do again and again: ask, and call, on the first account's case.</summary>
internal static class Checks
{
    public static DateTimeOffset Utc(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    public static Task<ContactPermit> CheckAsync(this Story story, Action<ContactCheck>? how = null, string? key = null, Case? on = null)
    {
        var check = new ContactCheck { Channel = Channel.Call };
        how?.Invoke(check);
        return story.Swift.ContactPermits.CheckAsync((on ?? story.Case).Id, check, CallOptions.WithKey(key));
    }

    /// <summary>The rules it would break, with a space between.</summary>
    public static string Broken(this ContactPermit permit) => string.Join(' ', permit.Findings.Select(finding => finding.RuleId));

    public static async Task<string> BrokenAsync(this Story story, Action<ContactCheck>? how = null) => (await story.CheckAsync(how)).Broken();

    /// <summary>Swift reports a call, made now unless told otherwise.</summary>
    public static Task<ContactRecord> CalledAsync(this Story story, Outcome outcome, Action<NewContactRecord>? how = null, string? key = null)
    {
        var contact = story.Call();
        contact.Outcome = outcome;
        how?.Invoke(contact);
        return story.Swift.ContactRecords.CreateAsync(story.Case.Id, contact, CallOptions.WithKey(key));
    }

    public static async Task CalledAsync(this Story story, int times, Outcome outcome, Action<NewContactRecord>? how = null)
    {
        for (var i = 0; i < times; i++)
        {
            await story.CalledAsync(outcome, how);
        }
    }

    public static string BreachesOf(this ContactRecord record) => string.Join(' ', record.Breaches);

    /// <summary>All agreements are under American law, and every debtor lives in New York.</summary>
    public static void MoveToNewYork(this Story story)
    {
        story.Set("UPDATE base_agreement_version SET terms = json_set(terms, '$.rulePack', 'us')");
        story.Set("UPDATE base_debtor SET time_zone = 'America/New_York'");
    }

    /// <summary>Puts the debtor's contact points of a kind into a state, past the verbs that lead there.</summary>
    public static async Task<Guid> PointAsync(this Story story, string set, ContactPointKind? kind = null)
    {
        var point = (await story.Swift.ContactPoints.ListAsync(story.Case.Id)).Items.Single(p => p.Kind == (kind ?? ContactPointKind.Phone)).Id;
        story.Set($"UPDATE base_contact_point SET {set} WHERE id = x'{Convert.ToHexString(point.ToByteArray(bigEndian: true))}'");
        return point;
    }

    public static void Set(this Story story, string sql) => story.Service.Database.Scalar(sql);

    public static string Hex(this Guid id) => $"x'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'";

    public static void ClockAt(this Story story, string instant) => story.Service.Clock.SetUtcNow(Utc(instant));
}
