using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;

namespace IotHubDsr.Module.Tests.Pipeline;

/// <summary>Nothing from outside reaches the terminal raw.</summary>
public sealed class VisibleStreamTests
{
    private const string Hostile = "a\u001B[2A\u001B[2KTrue\u202Egnp\u200B\n";

    [Fact]
    public void Error_AboutAHostileName_IsVisibleInEveryTextAndExactInItsTarget()
    {
        using var session = ModuleSession.Connected();

        ErrorRecord error = Assert.Single(session.TryRun("param($id) Get-IotDeviceDataFootprint $id", Hostile).Errors);

        Assert.Equal(Hostile, error.TargetObject);
        Assert.All(
            [
                $"{error}",
                error.Exception.Message,
                error.ErrorDetails.Message,
                error.ErrorDetails.RecommendedAction,
                $"{error.CategoryInfo}",
                $"{error.Exception.InnerException?.Message}",
            ],
            text => Assert.DoesNotContain(text, character => char.IsControl(character) || character is '\u202E' or '\u200B')
        );
    }

    [Fact]
    public void Question_AboutAHostilePath_IsVisible()
    {
        using var session = ModuleSession.Connected();

        session.Run("param($path) New-IotErasurePlan dev1 $path -WhatIf | Out-Null", $"/tmp/{Hostile}.json");

        Assert.DoesNotContain(session.Host.Lines, line =>
            line.Contains('\u001B', StringComparison.Ordinal) || line.Contains('\u202E', StringComparison.Ordinal)
        );
    }

    /// <summary>A property with text in it is shown by a script that makes it visible, never by its name.</summary>
    [Fact]
    public void View_OfAnyOutput_ShowsNoTextAsItStands()
    {
        using var session = ModuleSession.Open();
        Assembly contracts = Assert.IsAssignableFrom<Type>(session.Run("[IotHubDsr.FaultCatalogue]").Single().BaseObject).Assembly;
        var views = XDocument.Load(Path.Combine(RepositoryPaths.Root, "module", "IotHubDsr.Format.ps1xml"));

        foreach (XElement view in views.Descendants("View"))
        {
            Type type = contracts.GetType(view.Descendants("TypeName").First().Value, throwOnError: true)!;
            foreach (string name in view.Descendants("PropertyName").Select(static element => element.Value))
            {
                Type shown = type.GetProperty(name)!.PropertyType;
                Assert.False(
                    shown == typeof(string) || shown.IsAssignableTo(typeof(IEnumerable<string>)),
                    $"{type.Name}.{name} is shown as it stands."
                );
            }
        }
    }

    [Fact]
    public void Output_WithText_HasAListView()
    {
        using var session = ModuleSession.Open();
        Assembly contracts = Assert.IsAssignableFrom<Type>(session.Run("[IotHubDsr.FaultCatalogue]").Single().BaseObject).Assembly;
        var views = XDocument.Load(Path.Combine(RepositoryPaths.Root, "module", "IotHubDsr.Format.ps1xml"));
        HashSet<string> listed =
        [
            .. views
                .Descendants("View")
                .Where(static view => view.Element("ListControl") is not null)
                .Select(static view => view.Descendants("TypeName").First().Value),
        ];

        IEnumerable<string> outputs = session
            .Run("Get-Command -Module IotHubDsr")
            .Output.SelectMany(static command => ((CmdletInfo)command.BaseObject).OutputType)
            .Select(static output => output.Name)
            .Where(name => contracts.GetType(name) is not null && name != "IotHubDsr.IotHubSandbox")
            .Distinct(StringComparer.Ordinal);

        Assert.All(outputs, output => Assert.Contains(output, listed));
    }
}
