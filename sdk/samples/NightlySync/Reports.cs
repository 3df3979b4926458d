using System.Globalization;
using Agency.Sdk;

namespace Agency.Samples;

/// <summary>Tells the bank what the agency's own system did, row by row. A row that is refused holds up no other.</summary>
internal sealed class Reports(AgencyClient agency, string folder)
{
    public int Sent { get; private set; }

    public int Known { get; private set; }

    public int Refused { get; private set; }

    /// <summary><c>contacts.csv</c>: reference,case_id,channel,direction,party,outcome,occurred_at,note</summary>
    public Task SendContactsAsync() => SendAsync(
        "contacts.csv",
        columns: 8,
        reference => agency.ContactRecords.ListAsync(agencyReference: reference).AnyAsync(),
        row => agency.ContactRecords.CreateAsync(Guid.Parse(row[1]), new NewContactRecord
        {
            AgencyReference = row[0],
            Channel = row[2],
            Direction = row[3],
            Party = row[4],
            Outcome = row[5],
            OccurredAt = DateTimeOffset.Parse(row[6], CultureInfo.InvariantCulture),
            Note = row[7],
        }));

    /// <summary><c>repayments.csv</c>: reference,case_id,paid_on,amount,currency; the amount in minor units</summary>
    public Task SendRepaymentsAsync() => SendAsync(
        "repayments.csv",
        columns: 5,
        reference => agency.Repayments.ListAsync(agencyReference: reference).AnyAsync(),
        row => agency.Repayments.CreateAsync(Guid.Parse(row[1]), new NewRepayment
        {
            AgencyReference = row[0],
            PaidOn = DateOnly.Parse(row[2], CultureInfo.InvariantCulture),
            Amount = new Money { Amount = long.Parse(row[3], CultureInfo.InvariantCulture), Currency = row[4] },
        }));

    private async Task SendAsync(string name, int columns, Func<string, ValueTask<bool>> isKnown, Func<string[], Task> report)
    {
        var path = Path.Combine(folder, name);
        foreach (var line in File.Exists(path) ? File.ReadLines(path).Skip(1) : [])
        {
            // The last column may hold commas.
            var row = line.Split(',', columns);
            if (row.Length < columns)
            {
                throw new FormatException($"{name}: {columns} columns are wanted in: {line}");
            }

            if (await isKnown(row[0]))
            {
                Known++;
                continue;
            }

            try
            {
                await report(row);
                Sent++;
            }
            catch (AgencyException refusal) when (refusal is not (AgencyUnauthorizedException or AgencyConnectionException or AgencyServerException))
            {
                Console.Error.WriteLine($"{name}: {row[0]}: {refusal.Message}");
                Refused++;
            }
        }
    }
}
