using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IotHubDsr.Generators;

/// <summary>Writes an attribute as it was written, with full names.</summary>
internal static class AttributeSource
{
    /// <param name="attribute">The attribute.</param>
    /// <param name="further">A further named argument; null when there is none.</param>
    public static string Of(AttributeData attribute, string? further = null)
    {
        IEnumerable<string> arguments = attribute
            .ConstructorArguments.SelectMany(static argument => Flat(argument))
            .Concat(attribute.NamedArguments.Select(static named => $"{named.Key} = {Text(named.Value)}"));
        if (further is not null)
            arguments = arguments.Append(further);
        return $"[{FullName(attribute.AttributeClass!)}({string.Join(", ", arguments)})]";
    }

    /// <summary>The values of a params array are arguments of their own; no attribute of a parameter takes another kind.</summary>
    private static IEnumerable<string> Flat(TypedConstant argument) =>
        argument.Kind == TypedConstantKind.Array ? argument.Values.Select(static value => Text(value)) : [Text(argument)];

    private static string Text(TypedConstant value) =>
        value.Kind switch
        {
            TypedConstantKind.Type => $"typeof({FullName((ITypeSymbol)value.Value!)})",
            TypedConstantKind.Enum => $"({FullName(value.Type!)}){value.Value}",
            TypedConstantKind.Array => $"new[] {{ {string.Join(", ", value.Values.Select(static one => Text(one)))} }}",
            _ => SymbolDisplay.FormatPrimitive(value.Value!, quoteStrings: true, useHexadecimalNumbers: false) ?? "null",
        };

    private static string FullName(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
}
