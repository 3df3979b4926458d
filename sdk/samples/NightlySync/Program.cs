// An agency's night, both ways, in one folder:
//     AGENCY_API=https://api.example.com AGENCY_CLIENT=swift-api AGENCY_SECRET=… dotnet run -- folder
// In come contacts.csv and repayments.csv, where there are any; out goes cases.csv, what the agency has to work, kept up by the events since last time.
// Safe to run again, whenever it stopped: what has been reported is known by its reference, and the position moves once the cases are written.
// Ends with 0 (done), 1 (something was refused) or 2 (misused).
using Agency.Samples;
using Agency.Sdk;

if (args is not [var folder] || !Directory.Exists(folder))
{
    Console.Error.WriteLine(args is [var missing] ? $"There is no folder {missing}." : "Usage: NightlySync <folder>");
    return 2;
}

try
{
    using var agency = new AgencyClient(new AgencyClientOptions
    {
        BaseAddress = new Uri(Environment.GetEnvironmentVariable("AGENCY_API") ?? "http://localhost:5080"),
        ClientId = Environment.GetEnvironmentVariable("AGENCY_CLIENT"),
        ClientSecret = Environment.GetEnvironmentVariable("AGENCY_SECRET"),
        ApplicationName = "nightly-sync",
    });

    var reports = new Reports(agency, folder);
    await reports.SendContactsAsync();
    await reports.SendRepaymentsAsync();
    var changed = await new CaseFile(agency, folder).CatchUpAsync();

    Console.WriteLine($"{reports.Sent} reported, {reports.Known} known already, {reports.Refused} refused, {changed} cases changed");
    return reports.Refused == 0 ? 0 : 1;
}
catch (Exception misuse) when (misuse is ArgumentException or FormatException)
{
    Console.Error.WriteLine(misuse.Message);
    return 2;
}
catch (AgencyUnauthorizedException)
{
    Console.Error.WriteLine("The API does not know these credentials: see AGENCY_CLIENT and AGENCY_SECRET.");
    return 1;
}
catch (AgencyException refusal)
{
    Console.Error.WriteLine(refusal.Message);
    return 1;
}
