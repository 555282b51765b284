// PostgreSQL that knows no passwords: people and services sign in with tokens of Entra ID. The role of the service is made by the
// administrator (docs/operating.md), and may make tables in one database.
param name string
param location string
param sku object
param backupDays int
param administratorObjectId string
param administratorName string
param subnetId string
param dnsZoneId string
param administratorAddress string

var closed = !empty(subnetId)

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  sku: sku
  properties: {
    version: '17'
    storage: {
      storageSizeGB: 64
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: backupDays
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: 'Disabled'
    }
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    network: {
      publicNetworkAccess: closed && empty(administratorAddress) ? 'Disabled' : 'Enabled'
    }
  }
}

resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: administratorObjectId
  properties: {
    principalName: administratorName
    principalType: 'Group'
    tenantId: tenant().tenantId
  }
}

// One change at a time: the server refuses others while it works on one.
resource fromAzure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (!closed) {
  parent: server
  name: 'azure'
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '0.0.0.0'
  }
  dependsOn: [administrator]
}

resource fromAdministrator 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (!empty(administratorAddress)) {
  parent: server
  name: 'administrator'
  properties: {
    startIpAddress: administratorAddress
    endIpAddress: administratorAddress
  }
  dependsOn: [administrator, fromAzure]
}

// What is looked up lies in memory or on flash: a look by an index costs little more than a step through a table (docs/operating.md).
resource priceOfAPage 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'random_page_cost'
  properties: {
    value: '1.1'
    source: 'user-override'
  }
  dependsOn: [administrator, fromAzure, fromAdministrator]
}

module endpoint 'endpoint.bicep' = if (closed) {
  name: 'database-endpoint'
  params: {
    name: 'pe-${name}'
    location: location
    subnetId: subnetId
    dnsZoneId: dnsZoneId
    targetId: server.id
    groupId: 'postgresqlServer'
  }
  dependsOn: [priceOfAPage]
}

output host string = server.properties.fullyQualifiedDomainName
