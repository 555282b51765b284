// Charters hold names and addresses of people, so they are kept as secrets; the container reads them and nothing else does.
param name string
param location string
param readerPrincipalId string
param subnetId string
param dnsZoneId string
param administratorAddress string

var closed = !empty(subnetId)
var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b875-0445c86b69e6')

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  properties: {
    sku: {
      family: 'A'
      name: 'standard'
    }
    tenantId: tenant().tenantId
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
    publicNetworkAccess: closed && empty(administratorAddress) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: closed ? 'Deny' : 'Allow'
      ipRules: closed && !empty(administratorAddress) ? [{ value: administratorAddress }] : []
    }
  }
}

resource reading 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, readerPrincipalId, secretsUser)
  properties: {
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
  }
}

module endpoint 'endpoint.bicep' = if (closed) {
  name: 'vault-endpoint'
  params: {
    name: 'pe-${name}'
    location: location
    subnetId: subnetId
    dnsZoneId: dnsZoneId
    targetId: vault.id
    groupId: 'vault'
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
