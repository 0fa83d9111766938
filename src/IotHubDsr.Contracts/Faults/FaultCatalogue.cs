namespace IotHubDsr;

/// <summary>Every failure that the module reports, with its ID, category, message and recommended action. IDs never change.</summary>
public static partial class FaultCatalogue
{
    /// <summary>The sandbox cannot be started for want of a runtime.</summary>
    public static FaultDefinition SandboxRuntimeMissing { get; } =
        new(
            "SandboxRuntimeMissing",
            FaultCategory.NotInstalled,
            "The sandbox needs the ASP.NET Core runtime 10.0 or later: {1}.",
            "Install the ASP.NET Core runtime (or the .NET SDK) 10.0 and see that 'dotnet --list-runtimes' shows "
                + "Microsoft.AspNetCore.App 10.0."
        );

    /// <summary>The sandbox did not start.</summary>
    public static FaultDefinition SandboxFailed { get; } =
        new(
            "SandboxFailed",
            FaultCategory.ResourceUnavailable,
            "The sandbox did not start: {1}",
            "Check the port and the installation of the module; run 'dotnet {0}' by hand to see its output."
        );

    /// <summary>The process is not a sandbox of this session.</summary>
    public static FaultDefinition SandboxNotFound { get; } =
        new(
            "SandboxNotFound",
            FaultCategory.ObjectNotFound,
            "No sandbox with process ID {0} was started in this session.",
            "Pass the object that Start-IotHubSandbox returned; a sandbox ends with the session that started it."
        );

    /// <summary>A job would have to ask.</summary>
    public static FaultDefinition JobCannotAsk { get; } =
        new(
            "JobCannotAsk",
            FaultCategory.InvalidOperation,
            "{0} asks before it erases, and a job has nobody to ask. Nothing was started.",
            "Look at what would be done with -WhatIf, then run the job with -Force; or run the command without -AsJob."
        );

    /// <summary>A failure that nobody foresaw.</summary>
    public static FaultDefinition Unforeseen { get; } =
        new(
            "Unforeseen",
            FaultCategory.InvalidOperation,
            "{0}: an unforeseen failure ({1}).",
            "Run the command again with -Verbose after $DebugPreference = 'Continue', and report what it prints; nothing is certified "
                + "for this location."
        );
}
