using Agency.Portal;

await PortalApp.Build(args).RunAsync();
