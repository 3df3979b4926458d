using Agency.Api;

ApiApp.Build(args).Run();
